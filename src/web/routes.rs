//! Every route on one screen, with who may use it. Security tests walk this list.

use axum::Router;
use axum::handler::Handler;
use axum::routing::{delete, get, patch, post};

use crate::model::api_key::Scope;
use crate::state::AppState;
use crate::web::api;
use crate::web::pages::{
    account, accounts, api_keys, assets, brand, calendar, connect, embed, events, guide, hub,
    links, login, setup, unlink, webhook, webhook_delivery, webhooks,
};
use crate::web::{health, paths};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    Everybody,
    Admin,
    /// A back end whose API key has this scope.
    ApiKey(Scope),
    /// A page that holds the token of a connect session.
    HubToken,
}

/// One method of one path.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    pub method: &'static str,
    pub path: &'static str,
    pub access: Access,
}

/// The router together with the list of what is in it.
#[derive(Debug, Default)]
pub struct Routes {
    pub router: Router<AppState>,
    pub list: Vec<Route>,
}

impl Routes {
    fn get<T: 'static, H: Handler<T, AppState>>(
        self,
        path: &'static str,
        access: Access,
        handler: H,
    ) -> Self {
        self.add("GET", path, access, |router| router.route(path, get(handler)))
    }

    fn post<T: 'static, H: Handler<T, AppState>>(
        self,
        path: &'static str,
        access: Access,
        handler: H,
    ) -> Self {
        self.add("POST", path, access, |router| router.route(path, post(handler)))
    }

    fn patch<T: 'static, H: Handler<T, AppState>>(
        self,
        path: &'static str,
        access: Access,
        handler: H,
    ) -> Self {
        self.add("PATCH", path, access, |router| router.route(path, patch(handler)))
    }

    fn delete<T: 'static, H: Handler<T, AppState>>(
        self,
        path: &'static str,
        access: Access,
        handler: H,
    ) -> Self {
        self.add("DELETE", path, access, |router| router.route(path, delete(handler)))
    }

    fn add(
        mut self,
        method: &'static str,
        path: &'static str,
        access: Access,
        add: impl FnOnce(Router<AppState>) -> Router<AppState>,
    ) -> Self {
        self.list.push(Route { method, path, access });
        Self { router: add(self.router), list: self.list }
    }
}

pub fn all() -> Routes {
    hub_api(api(pages(Routes::default())))
}

fn pages(routes: Routes) -> Routes {
    use Access::{Admin, Everybody};
    routes
        .get(paths::ROOT, Everybody, accounts::root)
        .get(paths::LOGIN, Everybody, login::show)
        .post(paths::LOGIN, Everybody, login::sign_in)
        .post(paths::LOGOUT, Admin, login::sign_out)
        .get(paths::SETUP, Everybody, setup::show)
        .post(paths::SETUP, Everybody, setup::set_up)
        .get(paths::ACCOUNTS, Admin, accounts::show)
        .post(paths::ACCOUNTS_BULK, Admin, accounts::bulk::act)
        .get(paths::ACCOUNTS_CSV, Admin, accounts::export::show)
        .get(paths::ACCOUNT, Admin, account::show)
        .post(paths::ACCOUNT_CHECK, Admin, account::check)
        .post(paths::ACCOUNT_EDIT, Admin, account::edit)
        .get(paths::ACCOUNT_UNLINK, Admin, unlink::show)
        .post(paths::ACCOUNT_UNLINK, Admin, unlink::unlink)
        .post(paths::ACCOUNT_SUSPEND, Admin, account::suspend)
        .post(paths::ACCOUNT_RESUME, Admin, account::resume)
        .post(paths::ACCOUNT_RENEWAL, Admin, account::set_renewal)
        .post(paths::ACCOUNT_LINK, Admin, account::link)
        .get(paths::EVENTS, Admin, events::show)
        .get(paths::EVENTS_CSV, Admin, events::csv)
        .get(paths::EVENTS_JSONL, Admin, events::jsonl)
        .get(paths::LINKS, Admin, links::show)
        .post(paths::LINKS, Admin, links::create)
        .post(paths::LINK_REVOKE, Admin, links::revoke)
        .get(paths::API_KEYS, Admin, api_keys::show)
        .post(paths::API_KEYS, Admin, api_keys::create)
        .get(paths::API_KEY_REVOKE, Admin, api_keys::revoke::show)
        .post(paths::API_KEY_REVOKE, Admin, api_keys::revoke::revoke)
        .get(paths::WEBHOOKS, Admin, webhooks::show)
        .post(paths::WEBHOOKS, Admin, webhooks::create)
        .get(paths::WEBHOOK, Admin, webhook::show)
        .post(paths::WEBHOOK, Admin, webhook::edit)
        .get(paths::WEBHOOK_DELETE, Admin, webhook::confirm)
        .post(paths::WEBHOOK_DELETE, Admin, webhook::delete)
        .post(paths::WEBHOOK_DISABLE, Admin, webhook::disable)
        .post(paths::WEBHOOK_ENABLE, Admin, webhook::enable)
        .post(paths::WEBHOOK_ROTATE, Admin, webhook::rotate)
        .post(paths::WEBHOOK_TEST, Admin, webhook::test)
        .get(paths::WEBHOOK_DELIVERY, Admin, webhook_delivery::show)
        .post(paths::WEBHOOK_REPLAY, Admin, webhook_delivery::replay)
        .get(paths::EMBED, Admin, embed::show)
        .post(paths::EMBED, Admin, embed::create)
        .get(paths::CALENDAR, Admin, calendar::show)
        .post(paths::CALENDAR, Admin, calendar::create)
        .get(paths::CALENDAR_FEED, Everybody, calendar::feed::show)
        .post(paths::CALENDAR_REVOKE, Admin, calendar::revoke)
        .get(paths::CONNECT, Admin, connect::show)
        .post(paths::CONNECT, Admin, connect::connect)
        .post(paths::CONNECT_CANCEL, Admin, connect::cancel)
        .get(paths::HUB, Everybody, hub::reopen)
        .post(paths::HUB, Everybody, hub::connect)
        .get(paths::HUB_DONE, Everybody, hub::done)
        .get(paths::HUB_LINK, Everybody, hub::show)
        .post(paths::HUB_CANCEL, Everybody, hub::cancel)
        .get(paths::GUIDE, Everybody, guide::show)
        .get(paths::GUIDE_MD, Everybody, guide::markdown)
        .get(paths::LLMS_TXT, Everybody, guide::llms)
        .get(paths::ROBOTS_TXT, Everybody, guide::robots)
        .get(paths::EMBED_JS, Everybody, embed::script::show)
        .get(paths::EMBED_TYPES, Everybody, embed::script::types)
        .get(paths::STATIC, Everybody, assets::show)
        .get(paths::BRAND, Everybody, brand::show)
        .get(paths::HEALTHZ, Everybody, health::alive)
        .get(paths::READYZ, Everybody, health::ready)
}

fn api(routes: Routes) -> Routes {
    use api::webhook_endpoints::deliveries;
    use api::{accounts, connect_sessions, docs, events, openapi, webhook_endpoints};
    const SESSIONS: Access = Access::ApiKey(Scope::SessionsWrite);
    const READ: Access = Access::ApiKey(Scope::AccountsRead);
    const WRITE: Access = Access::ApiKey(Scope::AccountsWrite);
    const CREDENTIALS: Access = Access::ApiKey(Scope::CredentialsRead);
    const EVENTS: Access = Access::ApiKey(Scope::EventsRead);
    const WEBHOOKS: Access = Access::ApiKey(Scope::WebhooksWrite);
    routes
        .post(paths::API_CONNECT_SESSIONS, SESSIONS, connect_sessions::create)
        .get(paths::API_CONNECT_SESSIONS, SESSIONS, connect_sessions::list)
        .post(paths::API_CONNECT_SESSION_AUTHENTICATE, SESSIONS, connect_sessions::authenticate)
        .get(paths::API_CONNECT_SESSION, SESSIONS, connect_sessions::show)
        .delete(paths::API_CONNECT_SESSION, SESSIONS, connect_sessions::revoke)
        .get(paths::API_ACCOUNTS, READ, accounts::list)
        .get(paths::API_ACCOUNT, READ, accounts::show)
        .patch(paths::API_ACCOUNT, WRITE, accounts::edit)
        .delete(paths::API_ACCOUNT, WRITE, accounts::unlink)
        .get(paths::API_ACCOUNT_META, READ, accounts::meta)
        .post(paths::API_ACCOUNT_VERIFY, WRITE, accounts::verify)
        .post(paths::API_ACCOUNT_SUSPEND, WRITE, accounts::suspend)
        .post(paths::API_ACCOUNT_RESUME, WRITE, accounts::resume)
        .post(paths::API_ACCOUNT_RENEWAL, WRITE, accounts::renewal::set)
        .get(paths::API_ACCOUNT_CREDENTIALS, CREDENTIALS, accounts::credentials)
        .get(paths::API_ACCOUNT_EVENTS, EVENTS, events::list)
        .get(paths::API_EVENTS, EVENTS, events::list_all)
        .get(paths::API_WEBHOOKS, WEBHOOKS, webhook_endpoints::list)
        .post(paths::API_WEBHOOKS, WEBHOOKS, webhook_endpoints::create)
        .get(paths::API_WEBHOOK, WEBHOOKS, webhook_endpoints::show)
        .patch(paths::API_WEBHOOK, WEBHOOKS, webhook_endpoints::edit)
        .delete(paths::API_WEBHOOK, WEBHOOKS, webhook_endpoints::delete)
        .post(paths::API_WEBHOOK_ROTATE, WEBHOOKS, webhook_endpoints::rotate)
        .post(paths::API_WEBHOOK_TEST, WEBHOOKS, webhook_endpoints::test)
        .get(paths::API_WEBHOOK_DELIVERIES, WEBHOOKS, deliveries::list)
        .get(paths::API_WEBHOOK_DELIVERY, WEBHOOKS, deliveries::show)
        .post(paths::API_WEBHOOK_REPLAY, WEBHOOKS, deliveries::replay)
        .get(paths::API_OPENAPI, Access::Everybody, openapi::show)
        .get(paths::API_DOCS, Access::Everybody, docs::show)
}

fn hub_api(routes: Routes) -> Routes {
    use Access::HubToken;
    use api::hub::{accounts, attempts, connectors};
    routes
        .get(paths::API_HUB_SETTINGS, HubToken, connectors::settings)
        .get(paths::API_HUB_CONNECTORS, HubToken, connectors::list)
        .get(paths::API_HUB_CONNECTOR, HubToken, connectors::show)
        .post(paths::API_HUB_ACCOUNTS, HubToken, accounts::link)
        .get(paths::API_HUB_ACCOUNT, HubToken, accounts::show)
        .patch(paths::API_HUB_ACCOUNT, HubToken, accounts::renew)
        .post(paths::API_HUB_ATTEMPTS, HubToken, attempts::begin)
        .get(paths::API_HUB_ATTEMPT, HubToken, attempts::show)
        .delete(paths::API_HUB_ATTEMPT, HubToken, attempts::cancel)
}
