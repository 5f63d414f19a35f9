//! What Qlik's documents leave open. The defaults are the likeliest reading; a hub must be right for every setting.

/// Of the whole world, or of one tenant (`Tenant::knobs`).
#[derive(Clone, Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is an independent unknown")]
pub struct Knobs {
    /// How `users/me` and `tenants/me` lead to the resource.
    pub me: RedirectStyle,
    /// The body that comes with 401 for a bad key.
    pub unauthorized_body: UnauthorizedBody,
    /// What the key of a user who is not active gets.
    pub inactive_user: InactiveUser,
    /// What a key of another tenant gets.
    pub foreign_key: Refused,
    /// What a SCIM key gets outside SCIM.
    pub scim_key: Refused,
    /// How `status` is written in an error body.
    pub error_status: StatusForm,
    /// The JSON body for an expired or revoked key has the code `APIKEYS-18`, so that it can be told from junk.
    pub names_dead_keys: bool,
    /// A key stops working when *Manage API keys* is taken from its user.
    pub keys_need_permission: bool,
    /// `api-keys/configs/{id}` is for those who may manage keys.
    pub configs_need_permission: bool,
    /// What who asks for the list of keys gets.
    pub key_list: KeyList,
    /// How making a key beyond the cap is refused.
    pub cap_refusal: CapRefusal,
    /// A key carries its expiry as a claim.
    pub keys_carry_exp: bool,
    /// The user resource has no `status`.
    pub users_without_status: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RedirectStyle {
    #[default]
    Relative,
    Absolute,
    /// No redirect: 200 with the resource.
    Direct,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UnauthorizedBody {
    #[default]
    Json,
    NginxHtml,
    Empty,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InactiveUser {
    /// 403 `AUTH-5`.
    #[default]
    Forbidden,
    /// 200, and the user resource says `disabled`.
    Shown,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Refused {
    #[default]
    Unauthorized,
    Forbidden,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyList {
    /// The user's own keys, those of all users for a tenant admin.
    #[default]
    Open,
    /// The same in pages of so many.
    Paged(usize),
    /// 403, whatever the user may do otherwise.
    Forbidden,
    /// 404: there is no such list.
    Missing,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CapRefusal {
    #[default]
    Forbidden,
    BadRequest,
    Conflict,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StatusForm {
    #[default]
    Text,
    Integer,
    Missing,
}
