# Deutsch. Anrede: Sie.

## The frame of every page

layout-description = Einen Qlik-Cloud-Tenant verknüpfen und die Verbindung erhalten.
layout-skip = Zum Inhalt springen
layout-promise = Schlüssel werden verschlüsselt gespeichert und nie wieder angezeigt.
layout-guide = Anleitung
layout-help = Brauchen Sie Hilfe?
layout-powered-by = Bereitgestellt mit linkhub

## The Hub: the form

hub-title = Qlik Cloud verbinden
hub-title-error = Fehler: { $title }
hub-lead = Drei Angaben verbinden Ihren Tenant mit { $product }. Die Anleitung zeigt, wo Sie sie finden.
hub-tenant-name = Tenant-Name
hub-tenant-name-hint = Oder fügen Sie die Adresse Ihrer Qlik Cloud ein.
hub-region = Region
hub-where = Wo steht das?
hub-host = Verbindet mit
hub-api-key = API-Schlüssel (API Key)
hub-api-key-hint = Beginnt mit eyJ. Qlik zeigt ihn nur ein einziges Mal.
hub-how = Woher bekomme ich ihn?
hub-show-key = API-Schlüssel anzeigen
hub-progress = Fortschritt
hub-connect = Verbinden
hub-promise = Ihr Schlüssel wird nur zur Prüfung an Ihren eigenen Tenant gesendet, verschlüsselt gespeichert und nie wieder angezeigt.
hub-guide = Wo Sie finden, was Sie brauchen
hub-guide-time = Dauert etwa zwei Minuten.
hub-guide-page = Anleitung als eigene Seite öffnen
hub-renews = Damit wird die Verbindung von { $user } mit { $tenant } erneuert. Nötig ist nur ein neuer API-Schlüssel.
hub-renewal = { $product } darf diesen Schlüssel selbst erneuern
hub-renewal-hint = Bevor der Schlüssel abläuft, wird im Namen seines Benutzers ein neuer mit denselben Rechten erstellt und der alte gelöscht. Qlik Cloud zeigt ihn unter den API-Schlüsseln dieses Benutzers als „{ $product } renewal …“. Das lässt sich jederzeit beenden: von dem, für den Sie verbinden, oder indem dieser Schlüssel in Qlik Cloud gelöscht wird.
hub-replace-linked = Das Konto gehört
hub-replace-offered = Dieser Schlüssel gehört
hub-replace-confirm = Den Schlüssel von { $offered } anstelle des Schlüssels von { $linked } verwenden
hub-replace-elsewhere = Verwenden Sie einen Schlüssel von { $linked }. Wenn { $offered } gemeint ist, öffnen Sie den Link, den Sie bekommen haben, als eigene Seite: Dort wird nachgefragt.

## The Hub: what happens when Connect is pressed, in this order

step-address = Tenant finden
step-key = Schlüssel prüfen
step-user = Benutzer des Schlüssels ermitteln
step-permissions = Berechtigungen prüfen
step-saved = Verschlüsselt speichern

## The Hub: the confirmation

linked-title = Ihre Qlik Cloud ist verbunden
linked-renewed = Sie war bereits verbunden: Das Konto bleibt dasselbe und verwendet jetzt den neuen Schlüssel.
linked-as = Verbunden als
linked-tenant = Tenant
linked-expires = Schlüssel läuft ab
linked-expires-hint = Verbinden Sie sich vorher mit einem neuen Schlüssel, damit die Verbindung bestehen bleibt.
linked-renews = Vorher wird ein neuer Schlüssel erstellt, die Verbindung bleibt also von selbst bestehen.
linked-unknown = Unbekannt
linked-unknown-hint = Dieser Benutzer darf das Ablaufdatum nicht lesen. Standardmäßig gilt ein Schlüssel höchstens einen Tag.
linked-account-id = Konto-ID
linked-copy-account-id = Konto-ID kopieren
linked-copy = Kopieren
linked-copied = Kopiert
linked-admin = Dieser Schlüssel hat die Rechte eines Tenant Admin
linked-admin-hint = Wer ihn verwendet, kann den gesamten Tenant ändern. Falls das mehr ist, als Sie freigeben wollten, verbinden Sie sich stattdessen mit dem Schlüssel eines normalen Benutzers.
linked-done = Fertig

## A link that links nothing

link-linked = Damit verbunden
link-done = Fertig
    .reason = Sie können diese Seite schließen.
link-reopen = Öffnen Sie Ihren Link noch einmal
    .reason = Diese Seite gehört zu einem Link. Um hierher zurückzukehren, öffnen Sie den Link, den Sie erhalten haben, noch einmal.

## The Hub: what its scripts say

script-show = Anzeigen
script-hide = Verbergen
script-cancel = Abbrechen
script-cancelling = Wird abgebrochen …
script-connecting = Verbindung wird hergestellt
script-step-done = { $step }: erledigt
script-active = läuft
script-done = erledigt
script-failed = fehlgeschlagen
script-tenant-missing = Geben Sie den Tenant-Namen ein, oder fügen Sie die Adresse Ihrer Qlik Cloud ein.
script-region-missing = Wählen Sie eine Region, oder fügen Sie die ganze Adresse bei „Tenant-Name“ ein.
script-key-missing = Fügen Sie den API-Schlüssel ein, den Sie in Qlik Cloud erzeugt haben.
script-key-shape = Das ist kein API-Schlüssel: Ein Schlüssel beginnt mit eyJ und enthält zwei Punkte.
script-key-cut = Ein Teil dieses Schlüssels fehlt. Kopieren Sie ihn noch einmal mit der Kopierschaltfläche von Qlik.
script-key-scim = Das ist ein SCIM-Schlüssel. Benötigt wird der API-Schlüssel eines Benutzers.
script-key-token = Das ist ein OAuth-Token oder ein anderes Token. Benötigt wird der API-Schlüssel eines Benutzers.
script-lost = Die Verbindung zu dieser Seite ist abgebrochen
    .reason = Sie brach ab, bevor die Antwort kam. Das Ergebnis ist hier deshalb nicht bekannt.
    .next = Vielleicht wurde gespeichert, vielleicht nicht. Sich noch einmal zu verbinden schadet nicht.
script-signed-out = Sie sind nicht mehr angemeldet
    .reason = Es wurde nichts an Qlik gesendet und nichts gespeichert.
    .next = Laden Sie diese Seite neu, und melden Sie sich wieder an.
script-refused = Die Anfrage konnte nicht angenommen werden
    .reason = Der Server antwortete mit dem Status { $status }. Es wurde nichts an Qlik gesendet und nichts gespeichert.
    .next = Versuchen Sie es gleich noch einmal. Bleibt es dabei, geben Sie die Support-ID weiter.

## Lengths of time

time-in = in { $time }
time-ago = vor { $time }
time-now = gerade eben
time-days = { $n } Tg.
time-hours = { $n } Std.
time-minutes = { $n } Min.
time-seconds = { $n } Sek.
time-pair = { $large } { $small }

wait-seconds = { $n ->
    [one] 1 Sekunde
   *[other] { $n } Sekunden
}
wait-minutes = { $n ->
    [one] einer Minute
   *[other] { $n } Minuten
}

## Qlik's regions, by their places

region-us = Nord-Virginia
region-eu = Irland
region-uk = London
region-de = Frankfurt
region-fr = Paris
region-se = Stockholm
region-ap = Sydney
region-sg = Singapur
region-jp = Tokio
region-in = Mumbai
region-il = Tel Aviv
region-ae = Vereinigte Arabische Emirate
region-br = São Paulo

## The guide as a page

guide-title = Einen API-Schlüssel für Qlik Cloud erstellen
guide-description = So erhalten Sie API-Schlüssel, Tenant-Namen und Region von Qlik Cloud, Schritt für Schritt, und so gelten Schlüssel länger.
guide-contents = Auf dieser Seite
guide-languages = Sprachen
guide-for-programs = Für Programme:
guide-markdown = diese Anleitung als Markdown

## Why a connection fails

failure-next = Das können Sie tun:
failure-step = Angehalten bei:
failure-support-id = Support-ID

failure-tenant_malformed = Das ist kein Tenant-Name
    .reason = Ein Tenant-Name enthält nur Buchstaben, Ziffern und Bindestriche. Er ist der erste Teil der Adresse Ihrer Qlik Cloud, vor der Region.
    .next = Kopieren Sie die Adresse aus dem Browser, während Sie in Qlik Cloud sind, und fügen Sie sie vollständig bei „Tenant-Name“ ein.
failure-region_malformed = Das ist keine Region
    .reason = Eine Region ist ein kurzes Wort wie us, eu oder de: der Teil der Adresse zwischen dem Tenant-Namen und qlikcloud.com.
    .next = Wählen Sie eine Region aus der Liste, oder fügen Sie die ganze Adresse bei „Tenant-Name“ ein; die Region wird dann ausgefüllt.
failure-not_a_tenant = Diese Adresse ist kein Tenant
    .reason = Sie gehört zu Qlik selbst (Registrierung, Konsole, Statusseite), nicht zum Tenant eines Unternehmens.
    .next = Melden Sie sich bei Qlik Cloud an, bis Sie Ihre eigenen Apps sehen, und kopieren Sie dann dort die Adresse.
failure-key_missing = Der API-Schlüssel fehlt
    .reason = Die Verbindung wird mit einem Schlüssel Ihres Qlik-Benutzers hergestellt.
    .next = Fügen Sie den Schlüssel ein, den Sie in Qlik Cloud erzeugt haben. Wenn Sie noch keinen haben, zeigt die Anleitung, wie Sie einen erhalten.
failure-key_malformed = Das ist kein vollständiger API-Schlüssel
    .reason = Ein API-Schlüssel ist ein langer Text aus mehreren hundert Zeichen. Er beginnt mit eyJ und hat drei Teile, die durch Punkte getrennt sind. Dies ist etwas anderes, oder beim Kopieren ging ein Teil verloren.
    .next = Kopieren Sie den Schlüssel noch einmal mit der Kopierschaltfläche von Qlik. Qlik zeigt einen Schlüssel nur einmal: Wenn er nicht mehr da ist, erzeugen Sie einen neuen.
failure-key_wrong_kind = Das ist eine andere Art von Schlüssel
    .reason = Es scheint ein OAuth-Token oder ein SCIM-Schlüssel zu sein. Benötigt wird der API-Schlüssel eines Benutzers.
    .next = Öffnen Sie in Qlik Cloud Ihre Profileinstellungen, dann „API-Schlüssel“ (API keys), und erzeugen Sie dort einen neuen Schlüssel.
failure-tenant_not_found = { $host ->
    [none] Diesen Tenant gibt es nicht
   *[other] Unter { $host } gibt es keinen Tenant
}
    .reason = Qlik Cloud hat geantwortet, dass dieser Tenant-Name in dieser Region nicht bekannt ist.
    .next = Vergleichen Sie beides mit der Adresse im Browser, während Sie bei Qlik Cloud angemeldet sind. Einen Tenant gibt es nur in einer einzigen Region.
failure-region_not_found = Diese Region wurde nicht gefunden
    .reason = { $host ->
        [none] Die Adresse gibt es nicht, höchstwahrscheinlich weil die Region falsch geschrieben ist.
       *[other] Die Adresse { $host } gibt es nicht, höchstwahrscheinlich weil die Region falsch geschrieben ist.
    }
    .next = Wählen Sie eine Region aus der Liste, oder fügen Sie die ganze Adresse bei „Tenant-Name“ ein.
failure-tenant_disabled = Dieser Tenant ist abgeschaltet
    .reason = { $host ->
        [none] Qlik Cloud meldet, dass der Tenant deaktiviert wurde.
       *[other] Qlik Cloud meldet, dass { $host } deaktiviert wurde.
    }
    .next = Fragen Sie die Person, die Ihr Qlik-Abonnement betreut. Sobald der Tenant wieder da ist, können Sie sich verbinden.
failure-key_rejected = Qlik nimmt diesen Schlüssel nicht an
    .reason = { $host ->
        [none] Der Tenant hat geantwortet, dass der Schlüssel nicht gültig ist. Vielleicht ist er falsch geschrieben, abgelaufen oder widerrufen, oder die Berechtigung für API-Schlüssel wurde entzogen.
       *[other] { $host } hat geantwortet, dass der Schlüssel nicht gültig ist. Vielleicht ist er falsch geschrieben, abgelaufen oder widerrufen, oder die Berechtigung für API-Schlüssel wurde entzogen.
    }
    .next = Erzeugen Sie in diesem Tenant einen neuen Schlüssel, und fügen Sie ihn hier ein. Wenn auch das nicht hilft, fragen Sie einen Tenant Admin, ob Sie die Berechtigung „API-Schlüssel verwalten“ (Manage API keys) haben.
failure-key_expired = Dieser Schlüssel ist abgelaufen
    .reason = Qlik Cloud meldet, dass seine Zeit vorbei ist. Standardmäßig gilt ein Schlüssel höchstens einen Tag.
    .next = Erzeugen Sie einen neuen Schlüssel, und fügen Sie ihn hier ein. Die Anleitung sagt, wie ein Admin Schlüssel mit längerer Gültigkeit erlaubt.
failure-key_revoked = Dieser Schlüssel wurde widerrufen
    .reason = Qlik Cloud meldet, dass jemand ihn widerrufen hat, Sie selbst oder ein Tenant Admin. Er kann nicht mehr verwendet werden.
    .next = Erzeugen Sie einen neuen Schlüssel, und fügen Sie ihn hier ein. Wenn Sie ihn nicht selbst widerrufen haben, fragen Sie zuerst einen Tenant Admin.
failure-key_wrong_tenant = Dieser Schlüssel gehört zu einem anderen Tenant
    .reason = { $host ->
        [none] Der Schlüssel wurde nicht in diesem, sondern in einem anderen Tenant erzeugt.
       *[other] Der Schlüssel wurde nicht in { $host }, sondern in einem anderen Tenant erzeugt.
    }
    .next = { $host ->
        [none] Berichtigen Sie Tenant-Name und Region, oder erzeugen Sie einen Schlüssel, während Sie bei diesem Tenant angemeldet sind.
       *[other] Berichtigen Sie Tenant-Name und Region, oder erzeugen Sie einen Schlüssel, während Sie bei { $host } angemeldet sind.
    }
failure-user_inactive = Der Benutzer dieses Schlüssels ist nicht aktiv
    .reason = { $host ->
        [none] Qlik Cloud kennt den Schlüssel, aber sein Benutzer ist deaktiviert oder gehört nicht zum Tenant.
       *[other] Qlik Cloud kennt den Schlüssel, aber sein Benutzer ist deaktiviert oder gehört nicht zu { $host }.
    }
    .next = Bitten Sie einen Tenant Admin, den Benutzer zu aktivieren, oder verbinden Sie sich mit dem Schlüssel eines anderen Benutzers.
failure-forbidden = Der Benutzer dieses Schlüssels darf das nicht
    .reason = Qlik Cloud kennt den Schlüssel, verweigert aber, was für die Prüfung nötig ist, weil dem Benutzer eine Berechtigung fehlt.
    .next = Fragen Sie einen Tenant Admin, welche Berechtigungen Sie haben, oder verbinden Sie sich mit dem Schlüssel eines anderen Benutzers.
failure-unreachable = { $host ->
    [none] Der Tenant war nicht erreichbar
   *[other] { $host } war nicht erreichbar
}
    .reason = Es kam rechtzeitig keine Verbindung zustande. Über Ihren Schlüssel sagt das nichts aus. Manche Tenants lassen nur bestimmte IP-Adressen zu, und dieser Server steht vielleicht nicht auf der Liste.
    .next = Versuchen Sie es in { $wait } noch einmal. Bleibt es dabei, fragen Sie einen Tenant Admin, ob eine Liste zugelassener IP-Adressen verwendet wird.
failure-rate_limited = Zu viele Versuche in kurzer Zeit
    .reason = Eine Grenze ist erreicht. Über Ihren Schlüssel sagt das nichts aus.
    .next = Versuchen Sie es in { $wait } noch einmal.
failure-qlik_unavailable = Qlik Cloud hat gerade ein Problem
    .reason = { $host ->
        [none] Der Tenant hat mit einem eigenen Fehler geantwortet. Über Ihren Schlüssel sagt das nichts aus.
       *[other] { $host } hat mit einem eigenen Fehler geantwortet. Über Ihren Schlüssel sagt das nichts aus.
    }
    .next = Versuchen Sie es in { $wait } noch einmal. Qlik meldet Störungen unter status.qlikcloud.com.
failure-unexpected_answer = Diese Antwort kam nicht von Qlik Cloud
    .reason = { $host ->
        [none] Die Antwort des Tenants ist hier nicht verständlich; so antworten etwa Anmeldeseiten oder Proxys. Über Ihren Schlüssel sagt das nichts aus.
       *[other] Die Antwort von { $host } ist hier nicht verständlich; so antworten etwa Anmeldeseiten oder Proxys. Über Ihren Schlüssel sagt das nichts aus.
    }
    .next = Prüfen Sie die Adresse, und versuchen Sie es noch einmal. Bleibt es dabei, geben Sie die Support-ID weiter.
failure-session_expired = Dieser Link ist abgelaufen
    .reason = Ein Link zu dieser Seite gilt nur für begrenzte Zeit. Es wurde nichts gespeichert.
    .next = Bitten Sie dort um einen neuen Link, wo Sie diesen erhalten haben.
failure-session_used = Dieser Link wurde bereits verwendet
    .reason = Mit ihm wurde schon eine Verbindung hergestellt, und jeder Link gilt nur einmal.
    .next = Wenn Sie das waren, müssen Sie nichts weiter tun. Andernfalls bitten Sie dort um einen neuen Link, wo Sie diesen erhalten haben.
failure-session_revoked = Dieser Link wurde widerrufen
    .reason = Wer ihn gesendet hat, hat ihn ungültig gemacht. Es wurde nichts gespeichert.
    .next = Bitten Sie dort um einen neuen Link, wo Sie diesen erhalten haben.
failure-session_blocked = Mit diesem Link wurde zu oft probiert
    .reason = Qlik hat zu viele Schlüssel abgelehnt, die mit ihm eingegeben wurden; deshalb gilt er nicht mehr. Es wurde nichts gespeichert.
    .next = Bitten Sie dort um einen neuen Link, wo Sie diesen erhalten haben, und erzeugen Sie einen neuen Schlüssel, bevor Sie ihn verwenden.
failure-session_unknown = Dieser Link ist hier nicht bekannt
    .reason = Vielleicht ist er falsch geschrieben, oder beim Kopieren ging ein Teil verloren.
    .next = Öffnen Sie den ganzen Link noch einmal, genau so, wie Sie ihn erhalten haben. Wenn das nicht hilft, bitten Sie dort um einen neuen.
failure-account_mismatch = Das ist ein anderer Tenant oder Benutzer
    .reason = Das Konto, das erneut verbunden wird, gehört zu einem anderen Qlik-Tenant oder Benutzer als dieser Schlüssel.
    .next = Verwenden Sie einen Schlüssel desselben Benutzers im selben Tenant. Für einen anderen ist ein eigener Link nötig.
failure-user_differs = Das ist der Schlüssel eines anderen Benutzers
    .reason = Das Konto, das erneut verbunden wird, gehört einem anderen Benutzer desselben Tenants.
    .next = Wenn das so gewollt ist, bestätigen Sie es unten, achten Sie darauf, dass der Schlüssel noch in seinem Feld steht, und drücken Sie noch einmal auf Verbinden. Sonst verwenden Sie einen Schlüssel des Benutzers, dem das Konto gehört.
failure-secret_damaged = Der gespeicherte Schlüssel kann nicht gelesen werden
    .reason = Das Gespeicherte wurde verändert oder verschoben, oder es wurde mit einem Schlüssel versiegelt, der hier nicht vorhanden ist.
    .next = Verbinden Sie das Konto noch einmal mit einem neuen Schlüssel. Wenn mehrere Konten das zeigen, führen Sie linkhub doctor aus.
failure-cancelled = Abgebrochen
    .reason = Der Vorgang wurde angehalten. Es wurde nichts gespeichert.
    .next = Wählen Sie „Verbinden“, wenn Sie es noch einmal versuchen möchten.
failure-not_saved = Die Verbindung konnte nicht gespeichert werden
    .reason = Qlik hat den Schlüssel angenommen, aber er konnte hier nicht gespeichert werden. Das Konto ist deshalb nicht bestätigt.
    .next = Versuchen Sie es noch einmal; sich zweimal zu verbinden schadet nicht. Schlägt es wieder fehl, geben Sie die Support-ID an den Betreiber dieser Seite weiter.

## Errors of pages, by their codes

error-status = Fehler { $status }
error-read-guide = Anleitung lesen
error-sign-in = Anmelden

error-not_found = Diese Seite gibt es nicht
    .reason = Die Adresse ist falsch geschrieben, oder was hier war, ist nicht mehr da.
    .next = Prüfen Sie die Adresse, oder lesen Sie die Anleitung.
error-method_not_allowed = Das geht hier nicht
    .reason = Die Seite gibt es, aber nicht für diese Art von Anfrage.
    .next = Öffnen Sie die Seite in einem Browser, und verwenden Sie ihre Schaltflächen.
error-bad_request = Diese Anfrage ist nicht verständlich
    .reason = Ein Teil fehlt oder hat die falsche Form. Es wurde nichts geändert.
    .next = Gehen Sie zurück, laden Sie die Seite neu, und versuchen Sie es noch einmal.
error-wrong_media_type = Diese Art von Inhalt wird nicht angenommen
    .reason = Erwartet wird ein Formular (application/x-www-form-urlencoded). Es wurde nichts geändert.
    .next = Verwenden Sie das Formular der Seite.
error-too_large = Das ist zu viel auf einmal
    .reason = Was gesendet wurde, ist größer als jedes Formular dieser Seite. Es wurde nichts geändert.
    .next = Senden Sie weniger. Ein API-Schlüssel hat einige hundert Zeichen.
error-too_slow = Das hat zu lange gedauert
    .reason = Die Anfrage kam nicht rechtzeitig an oder wurde nicht rechtzeitig beantwortet.
    .next = Versuchen Sie es noch einmal.
error-signed_out = Sie sind abgemeldet
    .reason = Ihre Sitzung ist zu Ende. Es wurde nichts geändert.
    .next = Melden Sie sich an, und versuchen Sie es noch einmal.
error-cross_site = Diese Anfrage kam von einer anderen Website
    .reason = Änderungen werden nur von den eigenen Seiten angenommen. Es wurde nichts geändert.
    .next = Öffnen Sie die Seite selbst, und versuchen Sie es noch einmal.
error-internal = Hier ist etwas schiefgegangen
    .reason = Der Fehler liegt bei uns, nicht bei Ihnen. Er wurde protokolliert.
    .next = Versuchen Sie es noch einmal. Bleibt es dabei, geben Sie die Support-ID an den Betreiber dieser Seite weiter.
error-storage_unavailable = Der Speicher ist nicht erreichbar
    .reason = Was nötig ist, konnte nicht gelesen oder geschrieben werden. Was nicht bestätigt wurde, ist vielleicht gespeichert, vielleicht nicht; es noch einmal zu versuchen schadet nicht.
    .next = Versuchen Sie es in einer Minute noch einmal. Bleibt es dabei, geben Sie die Support-ID an den Betreiber dieser Seite weiter.
