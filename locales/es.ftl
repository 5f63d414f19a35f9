# Español. Tratamiento: usted.

## The frame of every page

layout-description = Vincule un tenant de Qlik Cloud y mantenga activo el vínculo.
layout-skip = Ir al contenido
layout-promise = Las claves se guardan cifradas y no se vuelven a mostrar nunca.
layout-guide = Guía
layout-help = ¿Necesita ayuda?
layout-powered-by = Con la tecnología de linkhub

## The Hub: the form

hub-title = Conectar Qlik Cloud
hub-title-error = Error: { $title }
hub-lead = Tres datos vinculan su tenant con { $product }. La guía le muestra dónde encontrar cada uno.
hub-tenant-name = Nombre del tenant (Tenant Name)
hub-tenant-name-hint = O pegue la dirección de su Qlik Cloud.
hub-region = Región
hub-where = ¿Dónde está?
hub-host = Se conecta a
hub-api-key = Clave API (API Key)
hub-api-key-hint = Empieza por eyJ. Qlik la muestra una sola vez.
hub-how = ¿Cómo consigo una?
hub-show-key = Mostrar la clave API
hub-progress = Progreso
hub-connect = Conectar
hub-promise = Su clave se envía a su propio tenant para comprobarla, se guarda cifrada y no se vuelve a mostrar nunca.
hub-guide = Dónde encontrar lo que necesita
hub-guide-time = Unos dos minutos.
hub-guide-page = Abrir la guía en su propia página
hub-renews = Esto renueva la conexión de { $user } con { $tenant }. Solo hace falta una nueva clave de API.
hub-renewal = Permitir que { $product } renueve esta clave
hub-renewal-hint = Antes de que la clave caduque, se crea otra con los mismos derechos a nombre de su usuario y se elimina la anterior. Qlik Cloud la muestra entre las claves de API de ese usuario como «{ $product } renewal …». Se puede detener en cualquier momento: lo hace la persona para quien conecta, o basta con eliminar esa clave en Qlik Cloud.
hub-replace-linked = La cuenta pertenece a
hub-replace-offered = Esta clave pertenece a
hub-replace-confirm = Usar la clave de { $offered } en lugar de la de { $linked }
hub-replace-elsewhere = Use una clave de { $linked }. Si se trata de { $offered }, abra el enlace que recibió en una página propia: allí se pide confirmación.

## The Hub: what happens when Connect is pressed, in this order

step-address = Buscar el tenant
step-key = Comprobar la clave
step-user = Ver de quién es la clave
step-permissions = Comprobar sus permisos
step-saved = Guardarla cifrada

## The Hub: the confirmation

linked-title = Su Qlik Cloud está vinculado
linked-renewed = Ya estaba vinculado: la cuenta sigue siendo la misma y ahora usa la clave nueva.
linked-as = Vinculado como
linked-tenant = Tenant
linked-expires = La clave caduca
linked-expires-hint = Vuelva a conectarse antes con una clave nueva para mantener activo el vínculo.
linked-renews = Antes se creará una clave nueva, así que la conexión se mantiene sola.
linked-unknown = Se desconoce
linked-unknown-hint = Este usuario no tiene permiso para leerlo. De forma predeterminada, una clave dura un día como máximo.
linked-account-id = Identificador de la cuenta
linked-copy-account-id = Copiar el identificador de la cuenta
linked-copy = Copiar
linked-copied = Copiado
linked-admin = Esta clave tiene los poderes de un Tenant Admin
linked-admin-hint = Quien la use puede cambiar todo el tenant. Si es más de lo que quería conceder, conéctese con la clave de un usuario normal.
linked-done = Listo

## A link that links nothing

link-linked = Conectado con este enlace
link-done = Todo listo
    .reason = Puede cerrar esta página.
link-reopen = Abra de nuevo su enlace
    .reason = Esta página pertenece a un enlace. Para volver a ella, abra otra vez el enlace que recibió.

## The Hub: what its scripts say

script-show = Mostrar
script-hide = Ocultar
script-cancel = Cancelar
script-cancelling = Cancelando…
script-connecting = Conectando
script-step-done = { $step }: hecho
script-active = en curso
script-done = hecho
script-failed = error
script-tenant-missing = Escriba el nombre del tenant o pegue la dirección de su Qlik Cloud.
script-region-missing = Elija una región o pegue la dirección completa en «Nombre del tenant».
script-key-missing = Pegue la clave API que generó en Qlik Cloud.
script-key-shape = Esto no es una clave API: una clave empieza por eyJ y contiene dos puntos (.).
script-key-cut = Falta una parte de esta clave. Cópiela de nuevo con el botón de copiar de Qlik.
script-key-scim = Esta es una clave SCIM. Se necesita la clave API de un usuario.
script-key-token = Este es un token de OAuth o de otro tipo. Se necesita la clave API de un usuario.
script-lost = Se perdió la conexión con esta página
    .reason = Se interrumpió antes de que llegara la respuesta, así que aquí no se sabe cómo terminó.
    .next = Puede que se haya guardado o que no. Volver a conectarse no causa ningún problema.
script-signed-out = Su sesión ya no está abierta
    .reason = No se envió nada a Qlik ni se guardó nada.
    .next = Vuelva a cargar esta página e inicie sesión de nuevo.
script-refused = No se pudo aceptar la solicitud
    .reason = El servidor respondió con el estado { $status }. No se envió nada a Qlik ni se guardó nada.
    .next = Inténtelo de nuevo dentro de un momento. Si continúa, comunique el identificador de soporte.

## Lengths of time

time-in = dentro de { $time }
time-ago = hace { $time }
time-now = ahora mismo
time-days = { $n } d
time-hours = { $n } h
time-minutes = { $n } min
time-seconds = { $n } s
time-pair = { $large } { $small }

wait-seconds = { $n ->
    [one] 1 segundo
   *[other] { $n } segundos
}
wait-minutes = { $n ->
    [one] un minuto
   *[other] { $n } minutos
}

## Qlik's regions, by their places

region-us = Virginia del Norte
region-eu = Irlanda
region-uk = Londres
region-de = Fráncfort
region-fr = París
region-se = Estocolmo
region-ap = Sídney
region-sg = Singapur
region-jp = Tokio
region-in = Bombay
region-il = Tel Aviv
region-ae = Emiratos Árabes Unidos
region-br = São Paulo

## The guide as a page

guide-title = Obtener una clave API de Qlik Cloud
guide-description = Cómo obtener, paso a paso, una clave API de Qlik Cloud, el nombre del tenant y la región, y cómo hacer que las claves duren más.
guide-contents = En esta página
guide-languages = Idiomas
guide-for-programs = Para programas:
guide-markdown = esta guía en Markdown

## Why a connection fails

failure-next = Qué puede hacer:
failure-step = Se detuvo en:
failure-support-id = Identificador de soporte

failure-tenant_malformed = Esto no es un nombre de tenant
    .reason = Un nombre de tenant solo contiene letras, cifras y guiones. Es la primera parte de la dirección de su Qlik Cloud, antes de la región.
    .next = Copie la dirección del navegador mientras está en Qlik Cloud y péguela completa en «Nombre del tenant».
failure-region_malformed = Esto no es una región
    .reason = Una región es una palabra corta como us, eu o de: la parte de la dirección entre el nombre del tenant y qlikcloud.com.
    .next = Elija una región de la lista, o pegue la dirección completa en «Nombre del tenant» y la región se rellenará sola.
failure-not_a_tenant = Esta dirección no es un tenant
    .reason = Pertenece a la propia Qlik (registro, consola, página de estado), no al tenant de una empresa.
    .next = Inicie sesión en Qlik Cloud hasta ver sus propias aplicaciones y copie la dirección desde allí.
failure-key_missing = Falta la clave API
    .reason = La conexión se hace con una clave de su usuario de Qlik.
    .next = Pegue la clave que generó en Qlik Cloud. Si todavía no tiene ninguna, la guía le muestra cómo obtenerla.
failure-key_malformed = Esto no es una clave API completa
    .reason = Una clave API es un texto largo de varios cientos de caracteres que empieza por eyJ y tiene tres partes separadas por puntos. Esto es otra cosa, o se perdió una parte al copiarla.
    .next = Copie de nuevo la clave con el botón de copiar de Qlik. Qlik muestra cada clave una sola vez: si ya no está, genere una nueva.
failure-key_wrong_kind = Este es otro tipo de clave
    .reason = Parece un token de OAuth o una clave SCIM. Se necesita la clave API de un usuario.
    .next = En Qlik Cloud, abra la configuración de su perfil, luego «Claves API» (API keys), y genere allí una clave nueva.
failure-tenant_not_found = { $host ->
    [none] Este tenant no existe
   *[other] No hay ningún tenant en { $host }
}
    .reason = Qlik Cloud respondió que no conoce este nombre de tenant en esta región.
    .next = Compare ambos datos con la dirección del navegador mientras tiene la sesión abierta en Qlik Cloud. Un tenant existe en una sola región.
failure-region_not_found = No se encontró esta región
    .reason = { $host ->
        [none] La dirección no existe, muy probablemente porque la región está mal escrita.
       *[other] La dirección { $host } no existe, muy probablemente porque la región está mal escrita.
    }
    .next = Elija una región de la lista o pegue la dirección completa en «Nombre del tenant».
failure-tenant_disabled = Este tenant está desactivado
    .reason = { $host ->
        [none] Qlik Cloud indica que el tenant se ha desactivado.
       *[other] Qlik Cloud indica que { $host } se ha desactivado.
    }
    .next = Pregunte a la persona que se ocupa de su suscripción a Qlik. Podrá conectarse en cuanto el tenant vuelva a estar activo.
failure-key_rejected = Qlik no acepta esta clave
    .reason = { $host ->
        [none] El tenant respondió que la clave no es válida. Puede estar mal escrita, caducada o revocada, o quizá se retiró el permiso para usar claves API.
       *[other] { $host } respondió que la clave no es válida. Puede estar mal escrita, caducada o revocada, o quizá se retiró el permiso para usar claves API.
    }
    .next = Genere una clave nueva en este tenant y péguela aquí. Si tampoco funciona, pregunte a un Tenant Admin si usted tiene el permiso «Gestionar claves API» (Manage API keys).
failure-key_expired = Esta clave ha caducado
    .reason = Qlik Cloud indica que su plazo ha terminado. De forma predeterminada, una clave dura un día como máximo.
    .next = Genere una clave nueva y péguela aquí. La guía explica cómo un administrador permite claves que duren más.
failure-key_revoked = Esta clave se revocó
    .reason = Qlik Cloud indica que alguien, usted o un Tenant Admin, la ha revocado. Ya no se puede usar.
    .next = Genere una clave nueva y péguela aquí. Si no la revocó usted, pregunte antes a un Tenant Admin.
failure-key_wrong_tenant = Esta clave pertenece a otro tenant
    .reason = { $host ->
        [none] La clave no se creó en este tenant, sino en otro.
       *[other] La clave no se creó en { $host }, sino en otro tenant.
    }
    .next = { $host ->
        [none] Corrija el nombre del tenant y la región, o genere una clave mientras tiene la sesión abierta en este tenant.
       *[other] Corrija el nombre del tenant y la región, o genere una clave mientras tiene la sesión abierta en { $host }.
    }
failure-user_inactive = El usuario de esta clave no está activo
    .reason = { $host ->
        [none] Qlik Cloud conoce la clave, pero su usuario está desactivado o no es miembro del tenant.
       *[other] Qlik Cloud conoce la clave, pero su usuario está desactivado o no es miembro de { $host }.
    }
    .next = Pida a un Tenant Admin que active el usuario, o conéctese con la clave de otro usuario.
failure-forbidden = El usuario de esta clave no tiene permiso para esto
    .reason = Qlik Cloud conoce la clave, pero niega lo que se necesita para comprobarla porque a su usuario le falta un permiso.
    .next = Pregunte a un Tenant Admin qué permisos tiene usted, o conéctese con la clave de otro usuario.
failure-unreachable = { $host ->
    [none] No se pudo contactar con el tenant
   *[other] No se pudo contactar con { $host }
}
    .reason = No se estableció ninguna conexión a tiempo. Esto no dice nada sobre su clave. Algunos tenants solo admiten direcciones IP de una lista, y puede que este servidor no figure en ella.
    .next = Inténtelo de nuevo dentro de { $wait }. Si continúa, pregunte a un Tenant Admin si se usa una lista de direcciones IP permitidas.
failure-rate_limited = Demasiados intentos en poco tiempo
    .reason = Se ha alcanzado un límite. Esto no dice nada sobre su clave.
    .next = Inténtelo de nuevo dentro de { $wait }.
failure-qlik_unavailable = Qlik Cloud tiene un problema en este momento
    .reason = { $host ->
        [none] El tenant respondió con un error propio. Esto no dice nada sobre su clave.
       *[other] { $host } respondió con un error propio. Esto no dice nada sobre su clave.
    }
    .next = Inténtelo de nuevo dentro de { $wait }. Qlik informa de las incidencias en status.qlikcloud.com.
failure-unexpected_answer = Esta respuesta no es de Qlik Cloud
    .reason = { $host ->
        [none] La respuesta del tenant no tiene sentido aquí; así responden las páginas de inicio de sesión o los proxies. Esto no dice nada sobre su clave.
       *[other] La respuesta de { $host } no tiene sentido aquí; así responden las páginas de inicio de sesión o los proxies. Esto no dice nada sobre su clave.
    }
    .next = Compruebe la dirección e inténtelo de nuevo. Si continúa, comunique el identificador de soporte.
failure-session_expired = Este enlace ha caducado
    .reason = Un enlace a esta página solo se puede usar durante un tiempo limitado. No se guardó nada.
    .next = Pida un enlace nuevo donde obtuvo este.
failure-session_used = Este enlace ya se ha usado
    .reason = Ya se hizo una conexión con él, y cada enlace sirve una sola vez.
    .next = Si fue usted, no tiene que hacer nada más. De lo contrario, pida un enlace nuevo donde obtuvo este.
failure-session_revoked = Este enlace se ha revocado
    .reason = Quien lo envió lo ha invalidado. No se guardó nada.
    .next = Pida un enlace nuevo donde obtuvo este.
failure-session_blocked = Este enlace se ha probado demasiadas veces
    .reason = Qlik rechazó demasiadas claves introducidas con él, así que ya no funciona. No se guardó nada.
    .next = Pida un enlace nuevo donde obtuvo este y genere una clave nueva antes de usarlo.
failure-session_unknown = Este enlace no se conoce aquí
    .reason = Puede que esté mal escrito o que se perdiera una parte al copiarlo.
    .next = Abra de nuevo el enlace completo, exactamente como lo recibió. Si no funciona, pida uno nuevo donde lo obtuvo.
failure-account_mismatch = Este es otro tenant u otro usuario
    .reason = La cuenta que se está reconectando pertenece a un tenant o a un usuario de Qlik distinto del de esta clave.
    .next = Use una clave del mismo usuario en el mismo tenant. Para otro hace falta un enlace propio.
failure-user_differs = Esta es la clave de otro usuario
    .reason = La cuenta que se está reconectando pertenece a otro usuario del mismo tenant.
    .next = Si es lo que quiere, confírmelo abajo, compruebe que la clave sigue en su campo y pulse de nuevo el botón de conectar. Si no, use una clave del usuario al que pertenece la cuenta.
failure-secret_damaged = No se puede leer la clave guardada
    .reason = Lo guardado se modificó o se movió, o se selló con una clave que este servidor no tiene.
    .next = Vincule de nuevo la cuenta con una clave nueva. Si varias cuentas muestran esto, ejecute linkhub doctor.
failure-cancelled = Cancelado
    .reason = La conexión se detuvo. No se guardó nada.
    .next = Elija «Conectar» cuando quiera intentarlo de nuevo.
failure-not_saved = No se pudo guardar el vínculo
    .reason = Qlik aceptó la clave, pero no se pudo guardar aquí, así que la cuenta no está confirmada.
    .next = Inténtelo de nuevo; conectarse dos veces no causa ningún problema. Si vuelve a fallar, comunique el identificador de soporte a quien administra esta página.

## Errors of pages, by their codes

error-status = Error { $status }
error-read-guide = Leer la guía
error-sign-in = Iniciar sesión

error-not_found = Esta página no existe
    .reason = La dirección está mal escrita, o lo que había aquí ya no está.
    .next = Compruebe la dirección o lea la guía.
error-method_not_allowed = Esto no se puede hacer aquí
    .reason = La página existe, pero no para este tipo de solicitud.
    .next = Abra la página en un navegador y use sus botones.
error-bad_request = Esta solicitud no se entiende
    .reason = Le falta una parte o tiene una forma incorrecta. No se cambió nada.
    .next = Vuelva atrás, cargue de nuevo la página e inténtelo otra vez.
error-wrong_media_type = Este tipo de contenido no se acepta
    .reason = Se espera un formulario (application/x-www-form-urlencoded). No se cambió nada.
    .next = Use el formulario de la página.
error-too_large = Esto es demasiado de una vez
    .reason = Lo enviado es mayor que cualquier formulario de esta página. No se cambió nada.
    .next = Envíe menos. Una clave API tiene unos cientos de caracteres.
error-too_slow = Esto tardó demasiado
    .reason = La solicitud no llegó a tiempo o no se respondió a tiempo.
    .next = Inténtelo de nuevo.
error-signed_out = Su sesión está cerrada
    .reason = Su sesión ha terminado. No se cambió nada.
    .next = Inicie sesión e inténtelo de nuevo.
error-cross_site = Esta solicitud vino de otro sitio web
    .reason = Solo se aceptan cambios desde nuestras propias páginas. No se cambió nada.
    .next = Abra la propia página e inténtelo de nuevo.
error-internal = Algo salió mal aquí
    .reason = El fallo es nuestro, no suyo. Ha quedado registrado.
    .next = Inténtelo de nuevo. Si continúa, comunique el identificador de soporte a quien administra esta página.
error-storage_unavailable = No se puede acceder al almacenamiento
    .reason = No se pudo leer o escribir lo necesario. Lo que no se confirmó puede haberse guardado o no; volver a intentarlo no causa ningún problema.
    .next = Inténtelo de nuevo dentro de un minuto. Si continúa, comunique el identificador de soporte a quien administra esta página.
