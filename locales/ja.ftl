# 日本語。です・ます体。

## The frame of every page

layout-description = Qlik Cloud のテナントを連携し、連携を保ちます。
layout-skip = 本文へ移動
layout-promise = キーは暗号化して保存され、再び表示されることはありません。
layout-guide = ガイド
layout-help = お困りですか?
layout-powered-by = linkhub を使用しています

## The Hub: the form

hub-title = Qlik Cloud に接続する
hub-title-error = エラー: { $title }
hub-lead = 3 つの情報で、お使いのテナントを { $product } と連携します。それぞれの確認方法はガイドをご覧ください。
hub-tenant-name = テナント名 (Tenant Name)
hub-tenant-name-hint = Qlik Cloud のアドレスをそのまま貼り付けることもできます。
hub-region = リージョン (Region)
hub-where = 確認方法
hub-host = 接続先
hub-api-key = API キー (API Key)
hub-api-key-hint = eyJ で始まります。Qlik では一度しか表示されません。
hub-how = 取得方法
hub-show-key = API キーを表示
hub-progress = 進行状況
hub-connect = 接続
hub-promise = キーは確認のためにお客様のテナントにのみ送信され、暗号化して保存されます。再び表示されることはありません。
hub-guide = 必要な情報の確認方法
hub-guide-time = 2 分ほどで終わります。
hub-guide-page = ガイドを別のページで開く
hub-renews = { $user } さんと { $tenant } の接続を更新します。必要なのは新しい API キーだけです。
hub-renewal = { $product } によるこのキーの自動更新を許可する
hub-renewal-hint = キーの有効期限が切れる前に、同じ権限を持つ新しいキーがそのユーザーの名前で作成され、古いキーは削除されます。Qlik Cloud では、そのユーザーの API キーの一覧に「{ $product } renewal …」として表示されます。いつでも停止できます。連携の依頼元に停止を依頼するか、Qlik Cloud でそのキーを削除してください。
hub-replace-linked = アカウントの現在のユーザー
hub-replace-offered = このキーのユーザー
hub-replace-confirm = { $linked } さんのキーの代わりに { $offered } さんのキーを使用する
hub-replace-elsewhere = { $linked } さんのキーを使用してください。{ $offered } さんでよければ、受け取ったリンクを単独のページとして開いてください。そこで確認できます。

## The Hub: what happens when Connect is pressed, in this order

step-address = テナントを探す
step-key = キーを確認する
step-user = キーのユーザーを確認する
step-permissions = 権限を確認する
step-saved = 暗号化して保存する

## The Hub: the confirmation

linked-title = Qlik Cloud との連携が完了しました
linked-renewed = すでに連携されていました。アカウントはそのままで、今後は新しいキーを使用します。
linked-as = ユーザー
linked-tenant = テナント
linked-expires = キーの有効期限
linked-expires-hint = 連携を保つには、期限までに新しいキーで再接続してください。
linked-renews = それまでに新しいキーが作成されるため、連携は自動的に維持されます。
linked-unknown = 不明
linked-unknown-hint = このユーザーには有効期限を読み取る権限がありません。既定では、キーの有効期間は最長 1 日です。
linked-account-id = アカウント ID
linked-copy-account-id = アカウント ID をコピー
linked-copy = コピー
linked-copied = コピーしました
linked-admin = このキーには Tenant Admin (テナント管理者) の権限があります
linked-admin-hint = このキーを使うと、テナント全体を変更できます。そこまでの権限を渡すつもりでなければ、一般ユーザーのキーで接続してください。
linked-done = 完了

## A link that links nothing

link-linked = このリンクで接続したもの
link-done = 完了しました
    .reason = このページは閉じてもかまいません。
link-reopen = リンクをもう一度開いてください
    .reason = このページはリンクから開くページです。戻るには、受け取ったリンクをもう一度開いてください。

## The Hub: what its scripts say

script-show = 表示
script-hide = 隠す
script-cancel = キャンセル
script-cancelling = キャンセルしています…
script-connecting = 接続しています
script-step-done = { $step }: 完了
script-active = 実行中
script-done = 完了
script-failed = 失敗
script-tenant-missing = テナント名を入力するか、Qlik Cloud のアドレスを貼り付けてください。
script-region-missing = リージョンを選択するか、「テナント名」にアドレス全体を貼り付けてください。
script-key-missing = Qlik Cloud で生成した API キーを貼り付けてください。
script-key-shape = これは API キーではありません。API キーは eyJ で始まり、ドット (.) が 2 つ含まれます。
script-key-cut = キーの一部が欠けています。Qlik のコピー ボタンでもう一度コピーしてください。
script-key-scim = これは SCIM キーです。ユーザーの API キーが必要です。
script-key-token = これは OAuth などのトークンです。ユーザーの API キーが必要です。
script-lost = このページとの通信が切れました
    .reason = 応答が届く前に切れたため、結果をここで確認できません。
    .next = 保存されたかどうかはわかりません。もう一度接続しても問題ありません。
script-signed-out = サインアウトされています
    .reason = Qlik には何も送信されず、何も保存されていません。
    .next = このページを再読み込みし、もう一度サインインしてください。
script-refused = 要求を受け付けられませんでした
    .reason = サーバーがステータス { $status } を返しました。Qlik には何も送信されず、何も保存されていません。
    .next = しばらくしてからもう一度お試しください。解決しない場合は、サポート ID をお知らせください。

## Lengths of time

time-in = { $time }後
time-ago = { $time }前
time-now = たった今
time-days = { $n }日
time-hours = { $n }時間
time-minutes = { $n }分
time-seconds = { $n }秒
time-pair = { $large }{ $small }

wait-seconds = { $n } 秒
wait-minutes = { $n } 分

## Qlik's regions, by their places

region-us = バージニア北部
region-eu = アイルランド
region-uk = ロンドン
region-de = フランクフルト
region-fr = パリ
region-se = ストックホルム
region-ap = シドニー
region-sg = シンガポール
region-jp = 東京
region-in = ムンバイ
region-il = テルアビブ
region-ae = アラブ首長国連邦
region-br = サンパウロ

## The guide as a page

guide-title = Qlik Cloud の API キーを取得する
guide-description = Qlik Cloud の API キー、テナント名、リージョンの確認手順と、キーの有効期間を延ばす方法を説明します。
guide-contents = このページの内容
guide-languages = 言語
guide-for-programs = プログラム用:
guide-markdown = このガイドの Markdown 版

## Why a connection fails

failure-next = 対処方法:
failure-step = 停止した手順:
failure-support-id = サポート ID

failure-tenant_malformed = テナント名ではありません
    .reason = テナント名に使えるのは英字、数字、ハイフンだけです。Qlik Cloud のアドレスの先頭、リージョンの前の部分です。
    .next = Qlik Cloud を開いた状態でブラウザーのアドレスをコピーし、「テナント名」にそのまま貼り付けてください。
failure-region_malformed = リージョンではありません
    .reason = リージョンは us、eu、de のような短い語で、アドレスのテナント名と qlikcloud.com の間の部分です。
    .next = 一覧からリージョンを選択してください。「テナント名」にアドレス全体を貼り付けると、リージョンは自動で入力されます。
failure-not_a_tenant = このアドレスはテナントではありません
    .reason = 企業のテナントではなく、Qlik 自身のページ (登録、コンソール、稼働状況など) のアドレスです。
    .next = Qlik Cloud にサインインし、自分のアプリが表示されたら、そこでアドレスをコピーしてください。
failure-key_missing = API キーがありません
    .reason = 接続には、お使いの Qlik ユーザーのキーが必要です。
    .next = Qlik Cloud で生成したキーを貼り付けてください。まだない場合は、ガイドで取得方法をご確認ください。
failure-key_malformed = API キー全体ではありません
    .reason = API キーは数百文字の長い文字列です。eyJ で始まり、ドット (.) で区切られた 3 つの部分からなります。別のものが入力されたか、コピーの際に一部が失われています。
    .next = Qlik のコピー ボタンでもう一度コピーしてください。キーは一度しか表示されません。もう表示されていない場合は、新しいキーを生成してください。
failure-key_wrong_kind = 種類の異なるキーです
    .reason = OAuth トークンか SCIM キーのようです。ユーザーの API キーが必要です。
    .next = Qlik Cloud で「プロファイル設定」、「API キー」の順に開き、新しいキーを生成してください。
failure-tenant_not_found = { $host ->
    [none] このテナントは存在しません
   *[other] { $host } にテナントはありません
}
    .reason = このリージョンにこの名前のテナントはない、と Qlik Cloud が応答しました。
    .next = Qlik Cloud にサインインした状態で、ブラウザーのアドレスと見比べてください。テナントは 1 つのリージョンにのみ存在します。
failure-region_not_found = このリージョンは見つかりません
    .reason = { $host ->
        [none] このアドレスは存在しません。リージョンの入力に誤りがある可能性があります。
       *[other] { $host } というアドレスは存在しません。リージョンの入力に誤りがある可能性があります。
    }
    .next = 一覧からリージョンを選択するか、「テナント名」にアドレス全体を貼り付けてください。
failure-tenant_disabled = このテナントは停止されています
    .reason = { $host ->
        [none] テナントは無効化されている、と Qlik Cloud が応答しました。
       *[other] { $host } は無効化されている、と Qlik Cloud が応答しました。
    }
    .next = Qlik の契約を管理している方にお問い合わせください。テナントが再開されれば接続できます。
failure-key_rejected = このキーは Qlik に受け入れられませんでした
    .reason = { $host ->
        [none] キーが無効である、とテナントが応答しました。入力の誤り、期限切れ、取り消しのほか、API キーを使う権限が取り消された可能性もあります。
       *[other] キーが無効である、と { $host } が応答しました。入力の誤り、期限切れ、取り消しのほか、API キーを使う権限が取り消された可能性もあります。
    }
    .next = このテナントで新しいキーを生成し、ここに貼り付けてください。それでもうまくいかない場合は、API キーの管理権限 (Manage API keys) があるかどうかをテナント管理者にご確認ください。
failure-key_expired = このキーは期限切れです
    .reason = キーの有効期限が過ぎている、と Qlik Cloud が応答しました。既定では、キーの有効期間は最長 1 日です。
    .next = 新しいキーを生成し、ここに貼り付けてください。有効期間を延ばす方法 (管理者向け) は、ガイドに記載されています。
failure-key_revoked = このキーは取り消されています
    .reason = ご自身またはテナント管理者によって取り消された、と Qlik Cloud が応答しました。このキーはもう使用できません。
    .next = 新しいキーを生成し、ここに貼り付けてください。ご自身で取り消していない場合は、先にテナント管理者にご確認ください。
failure-key_wrong_tenant = 別のテナントのキーです
    .reason = { $host ->
        [none] このキーは、このテナントではなく別のテナントで作成されています。
       *[other] このキーは、{ $host } ではなく別のテナントで作成されています。
    }
    .next = { $host ->
        [none] テナント名とリージョンを修正するか、このテナントにサインインした状態でキーを生成してください。
       *[other] テナント名とリージョンを修正するか、{ $host } にサインインした状態でキーを生成してください。
    }
failure-user_inactive = このキーのユーザーは有効ではありません
    .reason = { $host ->
        [none] キーは Qlik Cloud で認識されましたが、ユーザーが無効になっているか、テナントのメンバーではありません。
       *[other] キーは Qlik Cloud で認識されましたが、ユーザーが無効になっているか、{ $host } のメンバーではありません。
    }
    .next = ユーザーを有効にするようテナント管理者に依頼するか、別のユーザーのキーで接続してください。
failure-forbidden = このキーのユーザーには権限がありません
    .reason = キーは Qlik Cloud で認識されましたが、ユーザーの権限が不足しているため、キーの確認に必要な操作が拒否されました。
    .next = ご自身の権限をテナント管理者にご確認いただくか、別のユーザーのキーで接続してください。
failure-unreachable = { $host ->
    [none] テナントに接続できませんでした
   *[other] { $host } に接続できませんでした
}
    .reason = 時間内に接続できませんでした。キーに問題があるとは限りません。テナントによっては登録された IP アドレスからの接続のみが許可されており、このサーバーが登録されていない可能性があります。
    .next = { $wait }後にもう一度お試しください。解決しない場合は、IP アドレスの許可リストを使用しているかどうかをテナント管理者にご確認ください。
failure-rate_limited = 短時間に試行が多すぎます
    .reason = 上限に達しました。キーに問題があるとは限りません。
    .next = { $wait }後にもう一度お試しください。
failure-qlik_unavailable = 現在、Qlik Cloud に問題が発生しています
    .reason = { $host ->
        [none] テナント側でエラーが発生しました。キーに問題があるとは限りません。
       *[other] { $host } 側でエラーが発生しました。キーに問題があるとは限りません。
    }
    .next = { $wait }後にもう一度お試しください。Qlik の障害情報は status.qlikcloud.com で確認できます。
failure-unexpected_answer = Qlik Cloud のものではない応答が返されました
    .reason = { $host ->
        [none] サインイン ページやプロキシのような、想定外の応答がテナントから返されました。キーに問題があるとは限りません。
       *[other] サインイン ページやプロキシのような、想定外の応答が { $host } から返されました。キーに問題があるとは限りません。
    }
    .next = アドレスを確認して、もう一度お試しください。解決しない場合は、サポート ID をお知らせください。
failure-session_expired = このリンクは期限切れです
    .reason = このページへのリンクは、限られた時間だけ使用できます。何も保存されていません。
    .next = リンクの提供元に新しいリンクを依頼してください。
failure-session_used = このリンクは使用済みです
    .reason = このリンクではすでに接続が行われています。リンクは一度だけ使用できます。
    .next = ご自身で接続された場合は、ほかに必要な操作はありません。それ以外の場合は、リンクの提供元に新しいリンクを依頼してください。
failure-session_revoked = このリンクは取り消されています
    .reason = 送信者によって無効にされました。何も保存されていません。
    .next = リンクの提供元に新しいリンクを依頼してください。
failure-session_blocked = このリンクの試行回数が多すぎます
    .reason = 入力されたキーが何度も Qlik に拒否されたため、このリンクは使用できなくなりました。何も保存されていません。
    .next = リンクの提供元に新しいリンクを依頼し、使用する前に新しいキーを生成してください。
failure-session_unknown = このリンクは登録されていません
    .reason = 入力に誤りがあるか、コピーの際に一部が失われた可能性があります。
    .next = 受け取ったリンク全体を、そのままもう一度開いてください。それでも開けない場合は、リンクの提供元に新しいリンクを依頼してください。
failure-account_mismatch = 別のテナントまたはユーザーです
    .reason = 再接続しようとしているアカウントは、このキーとは別の Qlik テナントまたはユーザーのものです。
    .next = 同じテナントの同じユーザーのキーを使用してください。ほかのユーザーには、別のリンクが必要です。
failure-user_differs = これは別のユーザーのキーです
    .reason = 再接続しようとしているアカウントは、同じテナントの別のユーザーのものです。
    .next = それでよければ、下で確認し、キーがまだ入力欄にあることを確かめて、もう一度接続ボタンを押してください。そうでなければ、アカウントの持ち主のキーを使用してください。
failure-secret_damaged = 保存されたキーを読み取れません
    .reason = 保存された内容が変更または移動されたか、このサーバーにない鍵で暗号化されています。
    .next = 新しいキーでアカウントを連携し直してください。複数のアカウントで表示される場合は、linkhub doctor を実行してください。
failure-cancelled = キャンセルしました
    .reason = 接続を中止しました。何も保存されていません。
    .next = もう一度試す場合は「接続」を押してください。
failure-not_saved = 連携を保存できませんでした
    .reason = キーは Qlik に受け入れられましたが、こちらで保存できなかったため、アカウントは確定していません。
    .next = もう一度お試しください。二度接続しても問題ありません。それでも失敗する場合は、このページの運営者にサポート ID をお知らせください。

## Errors of pages, by their codes

error-status = エラー { $status }
error-read-guide = ガイドを読む
error-sign-in = サインイン

error-not_found = このページは存在しません
    .reason = アドレスに誤りがあるか、ページがなくなっています。
    .next = アドレスを確認するか、ガイドをご覧ください。
error-method_not_allowed = ここではこの操作を行えません
    .reason = ページは存在しますが、この種類の要求には対応していません。
    .next = ブラウザーでページを開き、ページ内のボタンを使用してください。
error-bad_request = この要求を理解できません
    .reason = 一部が欠けているか、形式が正しくありません。何も変更されていません。
    .next = 前のページに戻って再読み込みし、もう一度お試しください。
error-wrong_media_type = この種類の内容は受け付けられません
    .reason = フォーム形式 (application/x-www-form-urlencoded) が必要です。何も変更されていません。
    .next = ページ内のフォームを使用してください。
error-too_large = 一度に送る量が多すぎます
    .reason = 送信された内容が、このページのどのフォームよりも大きくなっています。何も変更されていません。
    .next = 送る量を減らしてください。API キーは数百文字です。
error-too_slow = 時間がかかりすぎました
    .reason = 要求が時間内に届かなかったか、時間内に応答できませんでした。
    .next = もう一度お試しください。
error-signed_out = サインアウトされています
    .reason = セッションが終了しました。何も変更されていません。
    .next = サインインして、もう一度お試しください。
error-cross_site = ほかのサイトからの要求です
    .reason = 変更は、当サイトのページからのみ受け付けています。何も変更されていません。
    .next = ページを直接開いて、もう一度お試しください。
error-internal = 問題が発生しました
    .reason = 原因はお客様ではなく、こちらにあります。内容は記録されました。
    .next = もう一度お試しください。解決しない場合は、このページの運営者にサポート ID をお知らせください。
error-storage_unavailable = 保存先に接続できません
    .reason = 必要な読み取りまたは書き込みができませんでした。確定していないものが保存されたかどうかはわかりませんが、もう一度試しても問題ありません。
    .next = 1 分後にもう一度お試しください。解決しない場合は、このページの運営者にサポート ID をお知らせください。
