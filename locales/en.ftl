# Everything that an end user reads, in English. The other files of this folder have the same keys and the same
# placeholders; a test compares them. Texts are plain text, never HTML.

## The frame of every page

layout-description = Link a Qlik Cloud tenant and keep the link alive.
layout-skip = Skip to content
layout-promise = Keys are stored encrypted and never shown again.
layout-guide = Guide
layout-help = Need help?
layout-powered-by = Powered by linkhub

## The Hub: the form. The labels are fixed words of the product.

hub-title = Connect Qlik Cloud
hub-title-error = Error: { $title }
hub-lead = Three details link your tenant to { $product }. The guide shows where to find each of them.
hub-tenant-name = Tenant Name
hub-tenant-name-hint = Or paste the address of your Qlik Cloud.
hub-region = Region
hub-where = Where is it?
hub-host = Connects to
hub-api-key = API Key
hub-api-key-hint = Starts with eyJ. Qlik shows it only once.
hub-how = How do I get one?
hub-show-key = Show API key
hub-progress = Progress
hub-connect = Connect
hub-promise = Your key goes to your own tenant to be checked, is stored encrypted, and is never shown again.
hub-guide = Where to find what you need
hub-guide-time = About two minutes.
hub-guide-page = Open the guide as a page
hub-renews = This renews the link of { $user } to { $tenant }. Only a new API key is needed.
hub-renewal = Let { $product } renew this key by itself
hub-renewal-hint = Before the key expires, a new one with the same rights is made in the name of its user, and the old one is deleted. Qlik Cloud shows it among that user’s API keys as “{ $product } renewal …”. It can be stopped at any time: by whoever you link this for, or by deleting that key in Qlik Cloud.
hub-replace-linked = The account belongs to
hub-replace-offered = This key belongs to
hub-replace-confirm = Use the key of { $offered } instead of the one of { $linked }
hub-replace-elsewhere = Use a key of { $linked }. If { $offered } is meant, open the link of whoever sent you here as a page of its own: it asks whether that is meant.

## The Hub: what happens when Connect is pressed, in this order

step-address = Find the tenant
step-key = Check the key
step-user = See whose key it is
step-permissions = Check what it may do
step-saved = Store it encrypted

## The Hub: the confirmation

linked-title = Your Qlik Cloud is linked
linked-renewed = It was linked before: the account stays the same and now uses the new key.
linked-as = Linked as
linked-tenant = Tenant
linked-expires = Key expires
linked-expires-hint = Connect again with a new key before then to keep the link alive.
linked-renews = A new key is made before then, so the link stays alive by itself.
linked-unknown = Unknown
linked-unknown-hint = This user may not read it. By default a key lives one day at most.
linked-account-id = Account id
linked-copy-account-id = Copy the account id
linked-copy = Copy
linked-copied = Copied
linked-admin = This key has Tenant Admin power
linked-admin-hint = Whoever uses it can change the whole tenant. If that is more than you meant to give, connect with the key of an ordinary user instead.
linked-done = Done

## A link that links nothing

link-linked = Linked with it
link-done = All done
    .reason = You can close this page.
link-reopen = Open your link again
    .reason = This page belongs to a link. To come back to it, open the link that you got once more.

## The Hub: what its scripts say

script-show = Show
script-hide = Hide
script-cancel = Cancel
script-cancelling = Cancelling…
script-connecting = Connecting
script-step-done = { $step }: done
script-active = in progress
script-done = done
script-failed = failed
script-tenant-missing = Enter the tenant name, or paste the address of your Qlik Cloud.
script-region-missing = Choose a region, or paste the whole address into Tenant Name.
script-key-missing = Paste the API key that you generated in Qlik Cloud.
script-key-shape = This is not an API key: a key starts with eyJ and has two dots in it.
script-key-cut = A part of this key is missing. Copy it again with Qlik’s copy button.
script-key-scim = This is a SCIM key. What is needed is the API key of a user.
script-key-token = This is an OAuth or other token. What is needed is the API key of a user.
script-lost = The connection to this page was lost
    .reason = It broke before the answer came, so it is not known here how it ended.
    .next = It may or may not have been saved. Connecting again does no harm.
script-signed-out = You are no longer signed in
    .reason = Nothing was sent to Qlik and nothing was stored.
    .next = Reload this page and sign in again.
script-refused = The hub could not take this
    .reason = It answered with status { $status }. Nothing was sent to Qlik and nothing was stored.
    .next = Try again in a moment. If it stays like this, pass on the support id.

## Lengths of time. The short ones stand in little space: "in 23 h 41 min", "5 min ago".

time-in = in { $time }
time-ago = { $time } ago
time-now = just now
time-days = { $n } d
time-hours = { $n } h
time-minutes = { $n } min
time-seconds = { $n } s
# Two of the above, the larger first.
time-pair = { $large } { $small }

# The { $wait } of the failures.
wait-seconds = { $n ->
    [one] 1 second
   *[other] { $n } seconds
}
wait-minutes = { $n ->
    [one] a minute
   *[other] { $n } minutes
}

## Qlik's regions, by their places

region-us = N. Virginia
region-eu = Ireland
region-uk = London
region-de = Frankfurt
region-fr = Paris
region-se = Stockholm
region-ap = Sydney
region-sg = Singapore
region-jp = Tokyo
region-in = Mumbai
region-il = Tel Aviv
region-ae = United Arab Emirates
region-br = São Paulo

## The guide as a page; the guide itself is in templates/guide/

guide-title = Get a Qlik Cloud API key
guide-description = How to get a Qlik Cloud API key, tenant name and region, step by step, and how to make keys live longer.
guide-contents = On this page
guide-languages = Languages
guide-for-programs = For programs:
guide-markdown = this guide as Markdown

## Why a connection fails: title, reason, what to do next. A { $host } of "none" is not known.

failure-next = What to do:
failure-step = Stopped at:
failure-support-id = Support id

failure-tenant_malformed = This is not a tenant name
    .reason = A tenant name has only letters, digits and hyphens. It is the first part of the address of your Qlik Cloud, before the region.
    .next = Copy the address from your browser while you are in Qlik Cloud and paste it whole into Tenant Name.
failure-region_malformed = This is not a region
    .reason = A region is a short word such as us, eu or de: the part of the address between the tenant name and qlikcloud.com.
    .next = Choose a region from the list, or paste the whole address into Tenant Name and the region is filled in.
failure-not_a_tenant = This address is not a tenant
    .reason = It belongs to Qlik itself (signing up, the console, the status page), not to one company’s tenant.
    .next = Sign in to Qlik Cloud until you see your own apps, then copy the address from there.
failure-key_missing = The API key is missing
    .reason = The connection is made with a key of your Qlik user.
    .next = Paste the key that you generated in Qlik Cloud. If you have none yet, the guide shows how to get one.
failure-key_malformed = This is not a whole API key
    .reason = An API key is one long text of several hundred characters that starts with eyJ and has three parts with dots between them. This is something else, or a part of it was lost when copying.
    .next = Copy the key again with Qlik’s own copy button. Qlik shows a key only once: if it is gone, generate a new one.
failure-key_wrong_kind = This is another kind of key
    .reason = It looks like an OAuth token or a SCIM key. What is needed is the API key of a user.
    .next = In Qlik Cloud open your profile settings, then API keys, and generate a new key there.
failure-tenant_not_found = { $host ->
    [none] There is no such tenant
   *[other] There is no tenant at { $host }
}
    .reason = Qlik Cloud answered that it does not know this tenant name in this region.
    .next = Compare both with the address in your browser while you are signed in to Qlik Cloud. A tenant exists in one region only.
failure-region_not_found = This region was not found
    .reason = { $host ->
        [none] The address does not exist, most likely because the region is mistyped.
       *[other] The address { $host } does not exist, most likely because the region is mistyped.
    }
    .next = Choose a region from the list, or paste the whole address into Tenant Name.
failure-tenant_disabled = This tenant is switched off
    .reason = { $host ->
        [none] Qlik Cloud says that the tenant has been deactivated.
       *[other] Qlik Cloud says that { $host } has been deactivated.
    }
    .next = Ask whoever looks after your Qlik subscription. You can connect as soon as the tenant is back.
failure-key_rejected = Qlik does not accept this key
    .reason = { $host ->
        [none] The tenant answered that the key is not valid. It may be mistyped, expired or revoked, or the permission to use API keys has been taken away.
       *[other] { $host } answered that the key is not valid. It may be mistyped, expired or revoked, or the permission to use API keys has been taken away.
    }
    .next = Generate a new key in this tenant and paste it here. If that fails too, ask a tenant admin whether you have Manage API keys.
failure-key_expired = This key has expired
    .reason = Qlik Cloud says that its time is over. By default a key lives one day at most.
    .next = Generate a new key and paste it here. The guide says how an admin allows keys that live longer.
failure-key_revoked = This key was revoked
    .reason = Qlik Cloud says that somebody, you or a tenant admin, has revoked it. It cannot be used again.
    .next = Generate a new key and paste it here. If you did not revoke it yourself, ask a tenant admin first.
failure-key_wrong_tenant = This key belongs to another tenant
    .reason = { $host ->
        [none] The key was made in a different tenant than this one.
       *[other] The key was made in a different tenant than { $host }.
    }
    .next = { $host ->
        [none] Correct Tenant Name and Region, or generate a key while you are signed in to this tenant.
       *[other] Correct Tenant Name and Region, or generate a key while you are signed in to { $host }.
    }
failure-user_inactive = The user of this key is not active
    .reason = { $host ->
        [none] Qlik Cloud knows the key, but its user is disabled or is no member of the tenant.
       *[other] Qlik Cloud knows the key, but its user is disabled or is no member of { $host }.
    }
    .next = Ask a tenant admin to activate the user, or connect with the key of another user.
failure-forbidden = The user of this key may not do this
    .reason = Qlik Cloud knows the key but refuses what is needed to check it, because its user lacks a permission.
    .next = Ask a tenant admin which permissions you have, or connect with the key of another user.
failure-unreachable = { $host ->
    [none] The tenant could not be reached
   *[other] { $host } could not be reached
}
    .reason = No connection came about in time. This says nothing about your key. Some tenants only let listed IP addresses in, and this hub may not be on the list.
    .next = Try again in { $wait }. If it stays like this, ask a tenant admin whether an IP allow list is in use.
failure-rate_limited = Too many attempts in a short time
    .reason = A limit has been reached. This says nothing about your key.
    .next = Try again in { $wait }.
failure-qlik_unavailable = Qlik Cloud has a problem right now
    .reason = { $host ->
        [none] The tenant answered with an error of its own. This says nothing about your key.
       *[other] { $host } answered with an error of its own. This says nothing about your key.
    }
    .next = Try again in { $wait }. Qlik reports disturbances at status.qlikcloud.com.
failure-unexpected_answer = The answer was not one of Qlik Cloud’s
    .reason = { $host ->
        [none] The tenant answered in a way that makes no sense here, as a sign-in page or a proxy does. This says nothing about your key.
       *[other] { $host } answered in a way that makes no sense here, as a sign-in page or a proxy does. This says nothing about your key.
    }
    .next = Check the address and try again. If it stays like this, pass on the support id.
failure-session_expired = This link has expired
    .reason = A link to this page can be used for a limited time only. Nothing was stored.
    .next = Ask for a new link where you got this one.
failure-session_used = This link has been used
    .reason = A connection was already made with it, and each link works once.
    .next = If that was you, there is nothing left to do. Otherwise ask for a new link where you got this one.
failure-session_revoked = This link was revoked
    .reason = Whoever sent it has made it invalid. Nothing was stored.
    .next = Ask for a new link where you got this one.
failure-session_blocked = This link was tried too often
    .reason = Qlik refused too many keys that were entered with it, so it no longer works. Nothing was stored.
    .next = Ask for a new link where you got this one, and generate a new key before you use it.
failure-session_unknown = This link is not known here
    .reason = It may be mistyped, or a part of it was lost when it was copied.
    .next = Open the whole link again, exactly as you got it. If that does not help, ask for a new one where you got it.
failure-account_mismatch = This is another tenant or user
    .reason = The account that is being reconnected belongs to a different Qlik tenant or user than this key.
    .next = Use a key of the same user in the same tenant. Another one needs a link of its own.
failure-user_differs = This is the key of another user
    .reason = The account that is being reconnected belongs to another user of the same tenant.
    .next = If that is meant, say so below, see that the key is still in its field, and press Connect again. Otherwise use a key of the user to whom the account belongs.
failure-secret_damaged = The stored key cannot be read
    .reason = What is stored was changed or moved, or was sealed with a key that this hub does not have.
    .next = Link the account again with a new key. If several accounts show this, run linkhub doctor.
failure-cancelled = Cancelled
    .reason = The connection was stopped. Nothing was stored.
    .next = Press Connect when you want to try again.
failure-not_saved = The link could not be stored
    .reason = Qlik accepted the key, but this hub could not write it to its storage, so the account is not confirmed.
    .next = Try again; connecting twice does no harm. If it fails again, pass on the support id to whoever runs this hub.

## Errors of pages, by their codes

error-status = Error { $status }
error-read-guide = Read the guide
error-sign-in = Sign in

error-not_found = This page does not exist
    .reason = The address is mistyped, or what was here is gone.
    .next = Check the address, or read the guide.
error-method_not_allowed = This cannot be done here
    .reason = The page exists, but not for this kind of request.
    .next = Open the page in a browser and use its buttons.
error-bad_request = This request cannot be understood
    .reason = A part of it is missing or has the wrong form. Nothing was changed.
    .next = Go back, load the page again and try once more.
error-wrong_media_type = This kind of content is not accepted
    .reason = A form is expected (application/x-www-form-urlencoded). Nothing was changed.
    .next = Use the form of the page.
error-too_large = This is too much at once
    .reason = What was sent is larger than any form of this hub. Nothing was changed.
    .next = Send less. An API key has a few hundred characters.
error-too_slow = This took too long
    .reason = The request did not arrive, or was not answered, in time.
    .next = Try again.
error-signed_out = You are signed out
    .reason = Your session has ended. Nothing was changed.
    .next = Sign in and try again.
error-cross_site = This request came from another site
    .reason = Changes are only accepted from this hub’s own pages. Nothing was changed.
    .next = Open the page itself and try again.
error-internal = Something went wrong here
    .reason = The fault is the hub’s, not yours. It has been written to the log.
    .next = Try again. If it stays like this, pass on the support id to whoever runs this hub.
error-storage_unavailable = The hub cannot reach its storage
    .reason = It could not read or write what is needed. What was not confirmed may or may not be stored; trying again does no harm.
    .next = Try again in a minute. If it stays like this, pass on the support id to whoever runs this hub.
