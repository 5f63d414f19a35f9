# Français. Vouvoiement.

## The frame of every page

layout-description = Reliez un tenant Qlik Cloud et maintenez la liaison.
layout-skip = Aller au contenu
layout-promise = Les clés sont conservées chiffrées et ne sont plus jamais affichées.
layout-guide = Guide
layout-help = Besoin d’aide ?
layout-powered-by = Propulsé par linkhub

## The Hub: the form

hub-title = Connecter Qlik Cloud
hub-title-error = Erreur : { $title }
hub-lead = Trois informations relient votre tenant à { $product }. Le guide indique où trouver chacune d’elles.
hub-tenant-name = Nom du tenant (Tenant Name)
hub-tenant-name-hint = Vous pouvez aussi coller l’adresse de votre Qlik Cloud.
hub-region = Région
hub-where = Où chercher ?
hub-host = Connexion à
hub-api-key = Clé API (API Key)
hub-api-key-hint = Commence par eyJ. Qlik ne l’affiche qu’une seule fois.
hub-how = Comment en obtenir une ?
hub-show-key = Afficher la clé API
hub-progress = Progression
hub-connect = Connecter
hub-promise = Votre clé est envoyée à votre propre tenant pour être vérifiée, conservée chiffrée et n’est plus jamais affichée.
hub-guide = Où trouver ce qu’il vous faut
hub-guide-time = Environ deux minutes.
hub-guide-page = Ouvrir le guide sur sa propre page
hub-renews = Cela renouvelle la connexion de { $user } à { $tenant }. Seule une nouvelle clé API est nécessaire.
hub-renewal = Autoriser { $product } à renouveler cette clé
hub-renewal-hint = Avant que la clé n’expire, une nouvelle clé avec les mêmes droits est créée au nom de son utilisateur, et l’ancienne est supprimée. Qlik Cloud l’affiche parmi les clés API de cet utilisateur sous le nom « { $product } renewal … ». Cela peut être arrêté à tout moment : par la personne pour qui vous faites cette connexion, ou en supprimant cette clé dans Qlik Cloud.
hub-replace-linked = Le compte appartient à
hub-replace-offered = Cette clé appartient à
hub-replace-confirm = Utiliser la clé de { $offered } au lieu de celle de { $linked }
hub-replace-elsewhere = Utilisez une clé de { $linked }. Si c’est bien { $offered }, ouvrez le lien que vous avez reçu dans une page à part : elle demande une confirmation.

## The Hub: what happens when Connect is pressed, in this order

step-address = Trouver le tenant
step-key = Vérifier la clé
step-user = Identifier son utilisateur
step-permissions = Vérifier ses autorisations
step-saved = L’enregistrer chiffrée

## The Hub: the confirmation

linked-title = Votre Qlik Cloud est relié
linked-renewed = Il l’était déjà : le compte reste le même et utilise désormais la nouvelle clé.
linked-as = Relié en tant que
linked-tenant = Tenant
linked-expires = Expiration de la clé
linked-expires-hint = Reconnectez-vous avant cette échéance avec une nouvelle clé pour maintenir la liaison.
linked-renews = Une nouvelle clé sera créée avant cette date : la connexion reste active d’elle-même.
linked-unknown = Inconnue
linked-unknown-hint = Cet utilisateur n’est pas autorisé à la lire. Par défaut, une clé est valable un jour au plus.
linked-account-id = Identifiant du compte
linked-copy-account-id = Copier l’identifiant du compte
linked-copy = Copier
linked-copied = Copié
linked-admin = Cette clé a les pouvoirs d’un Tenant Admin
linked-admin-hint = Quiconque l’utilise peut modifier tout le tenant. Si c’est plus que ce que vous vouliez accorder, connectez-vous plutôt avec la clé d’un utilisateur ordinaire.
linked-done = Terminé

## A link that links nothing

link-linked = Connecté avec ce lien
link-done = C’est terminé
    .reason = Vous pouvez fermer cette page.
link-reopen = Ouvrez de nouveau votre lien
    .reason = Cette page appartient à un lien. Pour y revenir, ouvrez encore une fois le lien que vous avez reçu.

## The Hub: what its scripts say

script-show = Afficher
script-hide = Masquer
script-cancel = Annuler
script-cancelling = Annulation…
script-connecting = Connexion en cours
script-step-done = { $step } : terminé
script-active = en cours
script-done = terminé
script-failed = échec
script-tenant-missing = Saisissez le nom du tenant ou collez l’adresse de votre Qlik Cloud.
script-region-missing = Choisissez une région ou collez l’adresse complète dans « Nom du tenant ».
script-key-missing = Collez la clé API que vous avez générée dans Qlik Cloud.
script-key-shape = Ce n’est pas une clé API : une clé commence par eyJ et contient deux points.
script-key-cut = Il manque une partie de cette clé. Copiez-la de nouveau avec le bouton de copie de Qlik.
script-key-scim = C’est une clé SCIM. Il faut la clé API d’un utilisateur.
script-key-token = C’est un jeton OAuth ou un autre jeton. Il faut la clé API d’un utilisateur.
script-lost = La connexion avec cette page a été interrompue
    .reason = Elle s’est interrompue avant la réponse ; le résultat n’est donc pas connu ici.
    .next = L’enregistrement a peut-être eu lieu. Vous connecter de nouveau ne présente aucun risque.
script-signed-out = Vous n’êtes plus connecté
    .reason = Rien n’a été envoyé à Qlik et rien n’a été enregistré.
    .next = Rechargez cette page et identifiez-vous de nouveau.
script-refused = La demande n’a pas pu être acceptée
    .reason = Le serveur a répondu avec le statut { $status }. Rien n’a été envoyé à Qlik et rien n’a été enregistré.
    .next = Réessayez dans un instant. Si le problème persiste, transmettez l’identifiant d’assistance.

## Lengths of time

time-in = dans { $time }
time-ago = il y a { $time }
time-now = à l’instant
time-days = { $n } j
time-hours = { $n } h
time-minutes = { $n } min
time-seconds = { $n } s
time-pair = { $large } { $small }

wait-seconds = { $n ->
    [one] 1 seconde
   *[other] { $n } secondes
}
wait-minutes = { $n ->
    [one] une minute
   *[other] { $n } minutes
}

## Qlik's regions, by their places

region-us = Virginie du Nord
region-eu = Irlande
region-uk = Londres
region-de = Francfort
region-fr = Paris
region-se = Stockholm
region-ap = Sydney
region-sg = Singapour
region-jp = Tokyo
region-in = Mumbai
region-il = Tel-Aviv
region-ae = Émirats arabes unis
region-br = São Paulo

## The guide as a page

guide-title = Obtenir une clé API Qlik Cloud
guide-description = Comment obtenir, étape par étape, une clé API Qlik Cloud, le nom du tenant et la région, et comment prolonger la durée de vie des clés.
guide-contents = Sur cette page
guide-languages = Langues
guide-for-programs = Pour les programmes :
guide-markdown = ce guide en Markdown

## Why a connection fails

failure-next = Que faire :
failure-step = Arrêt à l’étape :
failure-support-id = Identifiant d’assistance

failure-tenant_malformed = Ce n’est pas un nom de tenant
    .reason = Un nom de tenant ne contient que des lettres, des chiffres et des traits d’union. C’est la première partie de l’adresse de votre Qlik Cloud, avant la région.
    .next = Copiez l’adresse de votre navigateur pendant que vous êtes dans Qlik Cloud et collez-la en entier dans « Nom du tenant ».
failure-region_malformed = Ce n’est pas une région
    .reason = Une région est un mot court comme us, eu ou de : la partie de l’adresse entre le nom du tenant et qlikcloud.com.
    .next = Choisissez une région dans la liste, ou collez l’adresse complète dans « Nom du tenant » : la région sera remplie.
failure-not_a_tenant = Cette adresse n’est pas un tenant
    .reason = Elle appartient à Qlik lui-même (inscription, console, page d’état), et non au tenant d’une entreprise.
    .next = Connectez-vous à Qlik Cloud jusqu’à voir vos propres applications, puis copiez l’adresse à cet endroit.
failure-key_missing = La clé API manque
    .reason = La connexion se fait avec une clé de votre utilisateur Qlik.
    .next = Collez la clé que vous avez générée dans Qlik Cloud. Si vous n’en avez pas encore, le guide explique comment en obtenir une.
failure-key_malformed = Ce n’est pas une clé API complète
    .reason = Une clé API est un long texte de plusieurs centaines de caractères, qui commence par eyJ et comporte trois parties séparées par des points. Ceci est autre chose, ou une partie a été perdue lors de la copie.
    .next = Copiez de nouveau la clé avec le bouton de copie de Qlik. Qlik n’affiche une clé qu’une seule fois : si elle n’est plus là, générez-en une autre.
failure-key_wrong_kind = C’est un autre type de clé
    .reason = Cela ressemble à un jeton OAuth ou à une clé SCIM. Il faut la clé API d’un utilisateur.
    .next = Dans Qlik Cloud, ouvrez les paramètres de votre profil, puis « Clés API » (API keys), et générez-y une nouvelle clé.
failure-tenant_not_found = { $host ->
    [none] Ce tenant n’existe pas
   *[other] Il n’y a pas de tenant à l’adresse { $host }
}
    .reason = Qlik Cloud a répondu qu’il ne connaît pas ce nom de tenant dans cette région.
    .next = Comparez les deux avec l’adresse de votre navigateur pendant que vous êtes connecté à Qlik Cloud. Un tenant n’existe que dans une seule région.
failure-region_not_found = Cette région est introuvable
    .reason = { $host ->
        [none] L’adresse n’existe pas, très probablement parce que la région est mal saisie.
       *[other] L’adresse { $host } n’existe pas, très probablement parce que la région est mal saisie.
    }
    .next = Choisissez une région dans la liste, ou collez l’adresse complète dans « Nom du tenant ».
failure-tenant_disabled = Ce tenant est désactivé
    .reason = { $host ->
        [none] Qlik Cloud indique que le tenant a été désactivé.
       *[other] Qlik Cloud indique que { $host } a été désactivé.
    }
    .next = Adressez-vous à la personne qui gère votre abonnement Qlik. Vous pourrez vous connecter dès que le tenant sera rétabli.
failure-key_rejected = Qlik n’accepte pas cette clé
    .reason = { $host ->
        [none] Le tenant a répondu que la clé n’est pas valide. Elle est peut-être mal saisie, expirée ou révoquée, ou l’autorisation d’utiliser des clés API a été retirée.
       *[other] { $host } a répondu que la clé n’est pas valide. Elle est peut-être mal saisie, expirée ou révoquée, ou l’autorisation d’utiliser des clés API a été retirée.
    }
    .next = Générez une nouvelle clé dans ce tenant et collez-la ici. Si cela échoue aussi, demandez à un Tenant Admin si vous avez l’autorisation « Gérer les clés API » (Manage API keys).
failure-key_expired = Cette clé a expiré
    .reason = Qlik Cloud indique que sa durée de validité est écoulée. Par défaut, une clé est valable un jour au plus.
    .next = Générez une nouvelle clé et collez-la ici. Le guide explique comment un administrateur autorise des clés valables plus longtemps.
failure-key_revoked = Cette clé a été révoquée
    .reason = Qlik Cloud indique que quelqu’un, vous ou un Tenant Admin, l’a révoquée. Elle ne peut plus être utilisée.
    .next = Générez une nouvelle clé et collez-la ici. Si vous ne l’avez pas révoquée vous-même, interrogez d’abord un Tenant Admin.
failure-key_wrong_tenant = Cette clé appartient à un autre tenant
    .reason = { $host ->
        [none] La clé n’a pas été créée dans ce tenant, mais dans un autre.
       *[other] La clé n’a pas été créée dans { $host }, mais dans un autre tenant.
    }
    .next = { $host ->
        [none] Corrigez le nom du tenant et la région, ou générez une clé pendant que vous êtes connecté à ce tenant.
       *[other] Corrigez le nom du tenant et la région, ou générez une clé pendant que vous êtes connecté à { $host }.
    }
failure-user_inactive = L’utilisateur de cette clé n’est pas actif
    .reason = { $host ->
        [none] Qlik Cloud connaît la clé, mais son utilisateur est désactivé ou n’est pas membre du tenant.
       *[other] Qlik Cloud connaît la clé, mais son utilisateur est désactivé ou n’est pas membre de { $host }.
    }
    .next = Demandez à un Tenant Admin d’activer l’utilisateur, ou connectez-vous avec la clé d’un autre utilisateur.
failure-forbidden = L’utilisateur de cette clé n’y est pas autorisé
    .reason = Qlik Cloud connaît la clé mais refuse ce qu’il faut pour la vérifier, car il manque une autorisation à son utilisateur.
    .next = Demandez à un Tenant Admin quelles autorisations vous avez, ou connectez-vous avec la clé d’un autre utilisateur.
failure-unreachable = { $host ->
    [none] Le tenant n’a pas pu être joint
   *[other] { $host } n’a pas pu être joint
}
    .reason = Aucune connexion n’a pu être établie à temps. Cela ne dit rien de votre clé. Certains tenants n’acceptent que les adresses IP d’une liste, et ce serveur n’y figure peut-être pas.
    .next = Réessayez dans { $wait }. Si le problème persiste, demandez à un Tenant Admin si une liste d’adresses IP autorisées est utilisée.
failure-rate_limited = Trop de tentatives en peu de temps
    .reason = Une limite est atteinte. Cela ne dit rien de votre clé.
    .next = Réessayez dans { $wait }.
failure-qlik_unavailable = Qlik Cloud rencontre un problème en ce moment
    .reason = { $host ->
        [none] Le tenant a répondu par une erreur de son côté. Cela ne dit rien de votre clé.
       *[other] { $host } a répondu par une erreur de son côté. Cela ne dit rien de votre clé.
    }
    .next = Réessayez dans { $wait }. Qlik signale les perturbations sur status.qlikcloud.com.
failure-unexpected_answer = Cette réponse ne venait pas de Qlik Cloud
    .reason = { $host ->
        [none] La réponse du tenant n’a pas de sens ici, comme celle d’une page de connexion ou d’un proxy. Cela ne dit rien de votre clé.
       *[other] La réponse de { $host } n’a pas de sens ici, comme celle d’une page de connexion ou d’un proxy. Cela ne dit rien de votre clé.
    }
    .next = Vérifiez l’adresse et réessayez. Si le problème persiste, transmettez l’identifiant d’assistance.
failure-session_expired = Ce lien a expiré
    .reason = Un lien vers cette page n’est utilisable que pendant un temps limité. Rien n’a été enregistré.
    .next = Demandez un nouveau lien là où vous avez obtenu celui-ci.
failure-session_used = Ce lien a déjà servi
    .reason = Une connexion a déjà été établie avec lui, et chaque lien ne sert qu’une fois.
    .next = Si c’était vous, vous n’avez plus rien à faire. Sinon, demandez un nouveau lien là où vous avez obtenu celui-ci.
failure-session_revoked = Ce lien a été révoqué
    .reason = La personne qui l’a envoyé l’a rendu invalide. Rien n’a été enregistré.
    .next = Demandez un nouveau lien là où vous avez obtenu celui-ci.
failure-session_blocked = Ce lien a été essayé trop souvent
    .reason = Qlik a refusé un trop grand nombre de clés saisies avec lui ; il ne fonctionne donc plus. Rien n’a été enregistré.
    .next = Demandez un nouveau lien là où vous avez obtenu celui-ci, et générez une nouvelle clé avant de l’utiliser.
failure-session_unknown = Ce lien n’est pas connu ici
    .reason = Il est peut-être mal saisi, ou une partie a été perdue lors de la copie.
    .next = Ouvrez de nouveau le lien complet, exactement tel que vous l’avez reçu. Si cela ne suffit pas, demandez-en un nouveau là où vous l’avez obtenu.
failure-account_mismatch = C’est un autre tenant ou un autre utilisateur
    .reason = Le compte que vous reconnectez appartient à un autre tenant ou utilisateur Qlik que cette clé.
    .next = Utilisez une clé du même utilisateur dans le même tenant. Pour un autre, il faut un lien distinct.
failure-user_differs = C’est la clé d’un autre utilisateur
    .reason = Le compte que vous reconnectez appartient à un autre utilisateur du même tenant.
    .next = Si c’est voulu, confirmez-le ci-dessous, vérifiez que la clé est toujours dans son champ et appuyez de nouveau sur le bouton de connexion. Sinon, utilisez une clé de l’utilisateur à qui appartient le compte.
failure-secret_damaged = La clé conservée ne peut pas être lue
    .reason = Ce qui est conservé a été modifié ou déplacé, ou a été scellé avec une clé dont ce serveur ne dispose pas.
    .next = Reliez de nouveau le compte avec une nouvelle clé. Si plusieurs comptes affichent ce message, exécutez linkhub doctor.
failure-cancelled = Annulé
    .reason = La connexion a été arrêtée. Rien n’a été enregistré.
    .next = Choisissez « Connecter » lorsque vous voudrez réessayer.
failure-not_saved = La liaison n’a pas pu être enregistrée
    .reason = Qlik a accepté la clé, mais elle n’a pas pu être enregistrée ici ; le compte n’est donc pas confirmé.
    .next = Réessayez ; vous connecter deux fois ne présente aucun risque. En cas de nouvel échec, transmettez l’identifiant d’assistance à l’exploitant de cette page.

## Errors of pages, by their codes

error-status = Erreur { $status }
error-read-guide = Lire le guide
error-sign-in = S’identifier

error-not_found = Cette page n’existe pas
    .reason = L’adresse est mal saisie, ou ce qui se trouvait ici a disparu.
    .next = Vérifiez l’adresse ou lisez le guide.
error-method_not_allowed = Ce n’est pas possible ici
    .reason = La page existe, mais pas pour ce type de demande.
    .next = Ouvrez la page dans un navigateur et utilisez ses boutons.
error-bad_request = Cette demande est incompréhensible
    .reason = Il en manque une partie, ou sa forme n’est pas la bonne. Rien n’a été modifié.
    .next = Revenez en arrière, rechargez la page et réessayez.
error-wrong_media_type = Ce type de contenu n’est pas accepté
    .reason = Un formulaire est attendu (application/x-www-form-urlencoded). Rien n’a été modifié.
    .next = Utilisez le formulaire de la page.
error-too_large = C’est trop à la fois
    .reason = L’envoi est plus volumineux que n’importe quel formulaire de cette page. Rien n’a été modifié.
    .next = Envoyez moins. Une clé API compte quelques centaines de caractères.
error-too_slow = Cela a pris trop de temps
    .reason = La demande n’est pas arrivée à temps, ou n’a pas reçu de réponse à temps.
    .next = Réessayez.
error-signed_out = Vous êtes déconnecté
    .reason = Votre session est terminée. Rien n’a été modifié.
    .next = Identifiez-vous et réessayez.
error-cross_site = Cette demande provient d’un autre site
    .reason = Les modifications ne sont acceptées que depuis nos propres pages. Rien n’a été modifié.
    .next = Ouvrez la page elle-même et réessayez.
error-internal = Une erreur s’est produite ici
    .reason = L’erreur vient de nous, pas de vous. Elle a été consignée.
    .next = Réessayez. Si le problème persiste, transmettez l’identifiant d’assistance à l’exploitant de cette page.
error-storage_unavailable = Le stockage est inaccessible
    .reason = Ce qui est nécessaire n’a pas pu être lu ou écrit. Ce qui n’a pas été confirmé a peut-être été enregistré ; réessayer ne présente aucun risque.
    .next = Réessayez dans une minute. Si le problème persiste, transmettez l’identifiant d’assistance à l’exploitant de cette page.
