# Português, entendido também no Brasil. Tratamento: você, formal.

## The frame of every page

layout-description = Vincule um tenant do Qlik Cloud e mantenha o vínculo ativo.
layout-skip = Ir para o conteúdo
layout-promise = As chaves são guardadas cifradas e nunca mais são mostradas.
layout-guide = Guia
layout-help = Precisa de ajuda?
layout-powered-by = Com tecnologia linkhub

## The Hub: the form

hub-title = Conectar o Qlik Cloud
hub-title-error = Erro: { $title }
hub-lead = Três dados vinculam o seu tenant a { $product }. O guia mostra onde encontrar cada um deles.
hub-tenant-name = Nome do tenant (Tenant Name)
hub-tenant-name-hint = Ou cole o endereço do seu Qlik Cloud.
hub-region = Região
hub-where = Onde está?
hub-host = Conecta a
hub-api-key = Chave de API (API Key)
hub-api-key-hint = Começa com eyJ. O Qlik mostra a chave uma única vez.
hub-how = Como obter uma?
hub-show-key = Mostrar a chave de API
hub-progress = Progresso
hub-connect = Conectar
hub-promise = A sua chave é enviada ao seu próprio tenant para ser verificada, é guardada cifrada e nunca mais é mostrada.
hub-guide = Onde encontrar o que é preciso
hub-guide-time = Cerca de dois minutos.
hub-guide-page = Abrir o guia em página própria
hub-renews = Isto renova a ligação de { $user } a { $tenant }. Só é necessária uma nova chave de API.
hub-renewal = Permitir que { $product } renove esta chave
hub-renewal-hint = Antes de a chave expirar, é criada outra com os mesmos direitos em nome do seu usuário, e a antiga é excluída. O Qlik Cloud a mostra entre as chaves de API desse usuário como “{ $product } renewal …”. Isso pode ser interrompido a qualquer momento: por quem pediu a ligação, ou excluindo essa chave no Qlik Cloud.
hub-replace-linked = A conta pertence a
hub-replace-offered = Esta chave pertence a
hub-replace-confirm = Usar a chave de { $offered } em vez da de { $linked }
hub-replace-elsewhere = Use uma chave de { $linked }. Se for mesmo { $offered }, abra o link que você recebeu em uma página própria: lá será pedida uma confirmação.

## The Hub: what happens when Connect is pressed, in this order

step-address = Encontrar o tenant
step-key = Verificar a chave
step-user = Ver de quem é a chave
step-permissions = Verificar as permissões
step-saved = Guardar a chave cifrada

## The Hub: the confirmation

linked-title = O seu Qlik Cloud está vinculado
linked-renewed = Já estava vinculado: a conta continua a mesma e agora usa a nova chave.
linked-as = Vinculado como
linked-tenant = Tenant
linked-expires = A chave expira
linked-expires-hint = Conecte novamente com uma nova chave antes disso para manter o vínculo ativo.
linked-renews = Antes disso será criada uma nova chave, e a ligação se mantém sozinha.
linked-unknown = Não se sabe
linked-unknown-hint = Este usuário não tem permissão para ler essa data. Por padrão, uma chave vale no máximo um dia.
linked-account-id = Identificador da conta
linked-copy-account-id = Copiar o identificador da conta
linked-copy = Copiar
linked-copied = Copiado
linked-admin = Esta chave tem os poderes de um Tenant Admin
linked-admin-hint = Quem a usar pode alterar todo o tenant. Se isso for mais do que pretendia conceder, conecte com a chave de um usuário comum.
linked-done = Concluir

## A link that links nothing

link-linked = Ligado com este link
link-done = Tudo pronto
    .reason = Pode fechar esta página.
link-reopen = Abra o seu link novamente
    .reason = Esta página pertence a um link. Para voltar a ela, abra mais uma vez o link que recebeu.

## The Hub: what its scripts say

script-show = Mostrar
script-hide = Ocultar
script-cancel = Cancelar
script-cancelling = Cancelando…
script-connecting = Conectando
script-step-done = { $step }: concluído
script-active = em andamento
script-done = concluído
script-failed = falhou
script-tenant-missing = Digite o nome do tenant ou cole o endereço do seu Qlik Cloud.
script-region-missing = Escolha uma região ou cole o endereço completo em “Nome do tenant”.
script-key-missing = Cole a chave de API que você gerou no Qlik Cloud.
script-key-shape = Isto não é uma chave de API: uma chave começa com eyJ e contém dois pontos finais (.).
script-key-cut = Falta uma parte desta chave. Copie-a novamente com o botão de copiar do Qlik.
script-key-scim = Esta é uma chave SCIM. É necessária a chave de API de um usuário.
script-key-token = Este é um token OAuth ou de outro tipo. É necessária a chave de API de um usuário.
script-lost = A conexão com esta página foi perdida
    .reason = Ela caiu antes de chegar a resposta; por isso, não se sabe aqui como terminou.
    .next = Pode ter sido salvo ou não. Conectar novamente não causa nenhum problema.
script-signed-out = A sua sessão não está mais aberta
    .reason = Nada foi enviado ao Qlik e nada foi salvo.
    .next = Recarregue esta página e entre novamente.
script-refused = Não foi possível aceitar o pedido
    .reason = O servidor respondeu com o status { $status }. Nada foi enviado ao Qlik e nada foi salvo.
    .next = Tente novamente daqui a pouco. Se continuar assim, informe o identificador de suporte.

## Lengths of time

time-in = em { $time }
time-ago = há { $time }
time-now = agora mesmo
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
    [one] um minuto
   *[other] { $n } minutos
}

## Qlik's regions, by their places

region-us = Virgínia do Norte
region-eu = Irlanda
region-uk = Londres
region-de = Frankfurt
region-fr = Paris
region-se = Estocolmo
region-ap = Sydney
region-sg = Singapura
region-jp = Tóquio
region-in = Mumbai
region-il = Tel Aviv
region-ae = Emirados Árabes Unidos
region-br = São Paulo

## The guide as a page

guide-title = Obter uma chave de API do Qlik Cloud
guide-description = Como obter, passo a passo, uma chave de API do Qlik Cloud, o nome do tenant e a região, e como fazer as chaves durarem mais.
guide-contents = Nesta página
guide-languages = Idiomas
guide-for-programs = Para programas:
guide-markdown = este guia em Markdown

## Why a connection fails

failure-next = O que fazer:
failure-step = Parou em:
failure-support-id = Identificador de suporte

failure-tenant_malformed = Isto não é um nome de tenant
    .reason = Um nome de tenant tem apenas letras, algarismos e hifens. É a primeira parte do endereço do seu Qlik Cloud, antes da região.
    .next = Copie o endereço do navegador enquanto estiver no Qlik Cloud e cole-o por inteiro em “Nome do tenant”.
failure-region_malformed = Isto não é uma região
    .reason = Uma região é uma palavra curta, como us, eu ou de: a parte do endereço entre o nome do tenant e qlikcloud.com.
    .next = Escolha uma região da lista, ou cole o endereço completo em “Nome do tenant” e a região será preenchida.
failure-not_a_tenant = Este endereço não é um tenant
    .reason = Ele pertence ao próprio Qlik (registro, console, página de status), e não ao tenant de uma empresa.
    .next = Entre no Qlik Cloud até ver os seus próprios aplicativos e copie o endereço de lá.
failure-key_missing = Falta a chave de API
    .reason = A conexão é feita com uma chave do seu usuário do Qlik.
    .next = Cole a chave que você gerou no Qlik Cloud. Se ainda não tiver uma, o guia mostra como obtê-la.
failure-key_malformed = Isto não é uma chave de API completa
    .reason = Uma chave de API é um texto longo, de várias centenas de caracteres, que começa com eyJ e tem três partes separadas por pontos. Isto é outra coisa, ou uma parte se perdeu ao copiar.
    .next = Copie a chave novamente com o botão de copiar do Qlik. O Qlik mostra uma chave uma única vez: se ela não estiver mais lá, gere uma nova.
failure-key_wrong_kind = Este é outro tipo de chave
    .reason = Parece um token OAuth ou uma chave SCIM. É necessária a chave de API de um usuário.
    .next = No Qlik Cloud, abra as configurações do seu perfil, depois “Chaves de API” (API keys), e gere uma nova chave.
failure-tenant_not_found = { $host ->
    [none] Este tenant não existe
   *[other] Não há nenhum tenant em { $host }
}
    .reason = O Qlik Cloud respondeu que não conhece este nome de tenant nesta região.
    .next = Compare ambos com o endereço no navegador enquanto estiver no Qlik Cloud. Um tenant existe em uma única região.
failure-region_not_found = Esta região não foi encontrada
    .reason = { $host ->
        [none] O endereço não existe, muito provavelmente porque a região está mal digitada.
       *[other] O endereço { $host } não existe, muito provavelmente porque a região está mal digitada.
    }
    .next = Escolha uma região da lista ou cole o endereço completo em “Nome do tenant”.
failure-tenant_disabled = Este tenant está desativado
    .reason = { $host ->
        [none] O Qlik Cloud informa que o tenant foi desativado.
       *[other] O Qlik Cloud informa que { $host } foi desativado.
    }
    .next = Pergunte a quem cuida da sua assinatura do Qlik. Você poderá conectar assim que o tenant voltar.
failure-key_rejected = O Qlik não aceita esta chave
    .reason = { $host ->
        [none] O tenant respondeu que a chave não é válida. Ela pode estar mal digitada, expirada ou revogada, ou a permissão para usar chaves de API foi retirada.
       *[other] { $host } respondeu que a chave não é válida. Ela pode estar mal digitada, expirada ou revogada, ou a permissão para usar chaves de API foi retirada.
    }
    .next = Gere uma nova chave neste tenant e cole-a aqui. Se isso também falhar, pergunte a um Tenant Admin se você tem a permissão “Gerenciar chaves de API” (Manage API keys).
failure-key_expired = Esta chave expirou
    .reason = O Qlik Cloud informa que o prazo dela terminou. Por padrão, uma chave vale no máximo um dia.
    .next = Gere uma nova chave e cole-a aqui. O guia explica como um administrador permite chaves que duram mais.
failure-key_revoked = Esta chave foi revogada
    .reason = O Qlik Cloud informa que alguém, você ou um Tenant Admin, a revogou. Ela não pode mais ser usada.
    .next = Gere uma nova chave e cole-a aqui. Se não foi você quem a revogou, pergunte antes a um Tenant Admin.
failure-key_wrong_tenant = Esta chave pertence a outro tenant
    .reason = { $host ->
        [none] A chave não foi criada neste tenant, mas em outro.
       *[other] A chave não foi criada em { $host }, mas em outro tenant.
    }
    .next = { $host ->
        [none] Corrija o nome do tenant e a região, ou gere uma chave enquanto estiver neste tenant.
       *[other] Corrija o nome do tenant e a região, ou gere uma chave enquanto estiver em { $host }.
    }
failure-user_inactive = O usuário desta chave não está ativo
    .reason = { $host ->
        [none] O Qlik Cloud conhece a chave, mas o usuário dela está desativado ou não é membro do tenant.
       *[other] O Qlik Cloud conhece a chave, mas o usuário dela está desativado ou não é membro de { $host }.
    }
    .next = Peça a um Tenant Admin que ative o usuário, ou conecte com a chave de outro usuário.
failure-forbidden = O usuário desta chave não tem permissão para isto
    .reason = O Qlik Cloud conhece a chave, mas recusa o que é preciso para verificá-la, porque falta uma permissão ao usuário dela.
    .next = Pergunte a um Tenant Admin que permissões você tem, ou conecte com a chave de outro usuário.
failure-unreachable = { $host ->
    [none] Não foi possível acessar o tenant
   *[other] Não foi possível acessar { $host }
}
    .reason = Nenhuma conexão foi estabelecida a tempo. Isto não diz nada sobre a sua chave. Alguns tenants só aceitam endereços IP de uma lista, e este servidor talvez não esteja nela.
    .next = Tente novamente em { $wait }. Se continuar assim, pergunte a um Tenant Admin se é usada uma lista de endereços IP permitidos.
failure-rate_limited = Tentativas demais em pouco tempo
    .reason = Um limite foi atingido. Isto não diz nada sobre a sua chave.
    .next = Tente novamente em { $wait }.
failure-qlik_unavailable = O Qlik Cloud está com um problema neste momento
    .reason = { $host ->
        [none] O tenant respondeu com um erro próprio. Isto não diz nada sobre a sua chave.
       *[other] { $host } respondeu com um erro próprio. Isto não diz nada sobre a sua chave.
    }
    .next = Tente novamente em { $wait }. O Qlik informa sobre interrupções em status.qlikcloud.com.
failure-unexpected_answer = Esta resposta não é do Qlik Cloud
    .reason = { $host ->
        [none] A resposta do tenant não faz sentido aqui; é assim que respondem páginas de login ou proxies. Isto não diz nada sobre a sua chave.
       *[other] A resposta de { $host } não faz sentido aqui; é assim que respondem páginas de login ou proxies. Isto não diz nada sobre a sua chave.
    }
    .next = Verifique o endereço e tente novamente. Se continuar assim, informe o identificador de suporte.
failure-session_expired = Este link expirou
    .reason = Um link para esta página só pode ser usado por tempo limitado. Nada foi salvo.
    .next = Peça um novo link onde você obteve este.
failure-session_used = Este link já foi usado
    .reason = Uma conexão já foi feita com ele, e cada link funciona uma única vez.
    .next = Se foi você, não é preciso fazer mais nada. Caso contrário, peça um novo link onde você obteve este.
failure-session_revoked = Este link foi revogado
    .reason = Quem o enviou o invalidou. Nada foi salvo.
    .next = Peça um novo link onde você obteve este.
failure-session_blocked = Este link foi tentado vezes demais
    .reason = O Qlik recusou chaves demais digitadas com ele; por isso, ele não funciona mais. Nada foi salvo.
    .next = Peça um novo link onde você obteve este e gere uma nova chave antes de usá-lo.
failure-session_unknown = Este link não é conhecido aqui
    .reason = Ele pode estar mal digitado, ou uma parte se perdeu ao copiar.
    .next = Abra novamente o link completo, exatamente como o recebeu. Se isso não ajudar, peça um novo onde você o obteve.
failure-account_mismatch = Este é outro tenant ou outro usuário
    .reason = A conta que está sendo reconectada pertence a um tenant ou usuário do Qlik diferente do desta chave.
    .next = Use uma chave do mesmo usuário no mesmo tenant. Para outro, é preciso um link próprio.
failure-user_differs = Esta é a chave de outro usuário
    .reason = A conta que está sendo reconectada pertence a outro usuário do mesmo tenant.
    .next = Se for isso mesmo, confirme abaixo, verifique se a chave ainda está no campo e pressione o botão de conectar novamente. Caso contrário, use uma chave do usuário a quem a conta pertence.
failure-secret_damaged = Não é possível ler a chave guardada
    .reason = O que está guardado foi alterado ou movido, ou foi selado com uma chave que este servidor não tem.
    .next = Vincule a conta novamente com uma nova chave. Se várias contas mostrarem isto, execute linkhub doctor.
failure-cancelled = Cancelado
    .reason = A conexão foi interrompida. Nada foi salvo.
    .next = Escolha “Conectar” quando quiser tentar novamente.
failure-not_saved = Não foi possível salvar o vínculo
    .reason = O Qlik aceitou a chave, mas não foi possível salvá-la aqui; por isso, a conta não está confirmada.
    .next = Tente novamente; conectar duas vezes não causa nenhum problema. Se falhar outra vez, informe o identificador de suporte a quem administra esta página.

## Errors of pages, by their codes

error-status = Erro { $status }
error-read-guide = Ler o guia
error-sign-in = Entrar

error-not_found = Esta página não existe
    .reason = O endereço está mal digitado, ou o que havia aqui não existe mais.
    .next = Verifique o endereço ou leia o guia.
error-method_not_allowed = Isto não pode ser feito aqui
    .reason = A página existe, mas não para este tipo de pedido.
    .next = Abra a página em um navegador e use os botões dela.
error-bad_request = Não é possível entender este pedido
    .reason = Falta uma parte dele, ou a forma está errada. Nada foi alterado.
    .next = Volte, recarregue a página e tente mais uma vez.
error-wrong_media_type = Este tipo de conteúdo não é aceito
    .reason = Espera-se um formulário (application/x-www-form-urlencoded). Nada foi alterado.
    .next = Use o formulário da página.
error-too_large = Isto é demais de uma só vez
    .reason = O que foi enviado é maior do que qualquer formulário desta página. Nada foi alterado.
    .next = Envie menos. Uma chave de API tem algumas centenas de caracteres.
error-too_slow = Isto demorou demais
    .reason = O pedido não chegou a tempo ou não foi respondido a tempo.
    .next = Tente novamente.
error-signed_out = A sua sessão está encerrada
    .reason = A sessão terminou. Nada foi alterado.
    .next = Entre e tente novamente.
error-cross_site = Este pedido veio de outro site
    .reason = Só são aceitas alterações a partir das nossas próprias páginas. Nada foi alterado.
    .next = Abra a própria página e tente novamente.
error-internal = Algo deu errado aqui
    .reason = A falha é nossa, não sua. Ela foi registrada.
    .next = Tente novamente. Se continuar assim, informe o identificador de suporte a quem administra esta página.
error-storage_unavailable = O armazenamento está inacessível
    .reason = Não foi possível ler ou gravar o que é necessário. O que não foi confirmado pode ter sido salvo ou não; tentar novamente não causa nenhum problema.
    .next = Tente novamente em um minuto. Se continuar assim, informe o identificador de suporte a quem administra esta página.
