//! The emulated Qlik Cloud does what Qlik's documents say, and fails as it is told to.
#![allow(clippy::unwrap_used, reason = "a test fails where its world is not as it should be")]

#[path = "emulator/faults.rs"]
mod faults;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use linkhub::clock::{Clock, Timestamp};
use reqwest::header::{CONTENT_TYPE, LOCATION};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use rstest::rstest;
use serde_json::{Value, json};

use crate::emulator::{
    Emulator, Fault, InactiveUser, Item, Knobs, RedirectStyle, Refused, StatusForm, Tenant,
    UnauthorizedBody, User, sandbox_world,
};

const ME: &str = "/api/v1/users/me";
const USER: &str = "/api/v1/users/{id}";
const DAY: Duration = Duration::from_hours(24);

/// One tenant with Jane Doe and her key, and a client that dials the emulator for every name.
struct Scene {
    emulator: Emulator,
    clock: Clock,
    client: reqwest::Client,
    tenant: String,
    jane: String,
    key: String,
}

struct Always(SocketAddr);

impl reqwest::dns::Resolve for Always {
    fn resolve(&self, _: reqwest::dns::Name) -> reqwest::dns::Resolving {
        let addresses: reqwest::dns::Addrs = Box::new(std::iter::once(self.0));
        Box::pin(async move { Ok(addresses) })
    }
}

impl Scene {
    async fn new() -> Self {
        let clock = Clock::fixed(Timestamp::parse("2026-11-23T10:00:00Z").unwrap());
        let emulator = Emulator::start(clock.clone()).await;
        let (tenant, jane, key) = {
            let mut world = emulator.world();
            let tenant = world.add_tenant(Tenant::new("my-company", "us", "My Company"));
            let jane = world.add_user(&tenant, User::new("Jane Doe", "jane.doe@example.com"));
            let key = world.mint_key(&jane, DAY);
            (tenant, jane, key)
        };
        let ca = reqwest::Certificate::from_pem(emulator.ca_pem().as_bytes()).unwrap();
        #[expect(clippy::disallowed_methods, reason = "a plain client to look at the emulator")]
        let client = reqwest::Client::builder()
            .tls_certs_only([ca])
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .dns_resolver(Arc::new(Always(emulator.https_addr())))
            .build()
            .unwrap();
        Self { emulator, clock, client, tenant, jane, key }
    }

    fn request(&self, method: Method, host: &str, path: &str) -> RequestBuilder {
        self.client.request(method, format!("https://{host}{path}"))
    }

    async fn get(&self, path: &str) -> Response {
        self.get_with(path, &self.key).await
    }

    async fn get_with(&self, path: &str, key: &str) -> Response {
        self.try_get(path, key).await.unwrap()
    }

    async fn try_get(&self, path: &str, key: &str) -> reqwest::Result<Response> {
        let host = "my-company.us.qlikcloud.com";
        self.request(Method::GET, host, path).bearer_auth(key).send().await
    }

    async fn post_key(&self, body: Value) -> Response {
        let host = "my-company.us.qlikcloud.com";
        let request = self.request(Method::POST, host, "/api/v1/api-keys").bearer_auth(&self.key);
        request.body(body.to_string()).send().await.unwrap()
    }

    fn user_path(&self) -> String {
        format!("/api/v1/users/{}", self.jane)
    }

    fn key_path(&self, key: &str) -> String {
        format!("/api/v1/api-keys/{}", self.emulator.world().key_by_text(key).unwrap().id)
    }
}

async fn json_of(response: Response) -> Value {
    serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
}

async fn code_of(response: Response) -> (StatusCode, String) {
    let status = response.status();
    let body = json_of(response).await;
    assert!(body["traceId"].is_string());
    (status, body["errors"][0]["code"].as_str().unwrap().to_owned())
}

fn location(response: &Response) -> &str {
    response.headers()[LOCATION].to_str().unwrap()
}

#[tokio::test]
async fn me_leads_to_the_user() {
    let scene = Scene::new().await;
    let me = scene.get(ME).await;
    assert_eq!(me.status(), 301);
    assert!(me.headers()[CONTENT_TYPE].to_str().unwrap().starts_with("text/html"));
    assert_eq!(location(&me), scene.user_path());
    assert_eq!(me.headers()["x-b3-traceid"].len(), 32);
    let user = json_of(scene.get(location(&me)).await).await;
    assert_eq!(user["id"], scene.jane);
    assert_eq!(user["tenantId"], scene.tenant);
    assert_eq!(user["status"], "active");

    scene.emulator.world().knobs.me = RedirectStyle::Absolute;
    let absolute = format!("https://my-company.us.qlikcloud.com{}", scene.user_path());
    assert_eq!(location(&scene.get(ME).await), absolute);
    scene.emulator.world().knobs.me = RedirectStyle::Direct;
    assert_eq!(json_of(scene.get(ME).await).await["name"], "Jane Doe");
}

#[tokio::test]
async fn the_tenant_says_its_permanent_hostname_first() {
    let scene = Scene::new().await;
    let me = scene.get("/api/v1/tenants/me").await;
    assert_eq!(me.status(), 302);
    let tenant = json_of(scene.get(location(&me)).await).await;
    let permanent = scene.emulator.world().tenant(&scene.tenant).permanent_host();
    assert_eq!(tenant["hostnames"], json!([permanent, "my-company.us.qlikcloud.com"]));
    assert_eq!(code_of(scene.get("/api/v1/tenants/other").await).await.1, "TENANTS-8");
    assert_eq!(code_of(scene.get("/api/v1/users/other").await).await.1, "USERS-7");
}

#[tokio::test]
async fn a_tenant_is_found_by_alias_and_permanent_name_in_any_case() {
    let scene = Scene::new().await;
    let permanent = scene.emulator.world().tenant(&scene.tenant).permanent_host();
    for host in ["MY-company.us.qlikcloud.com", &permanent] {
        let response = scene.request(Method::GET, host, ME).bearer_auth(&scene.key).send().await;
        assert_eq!(response.unwrap().status(), 301, "{host}");
    }
    for host in ["nobody.us.qlikcloud.com", "my-company.eu.qlikcloud.com"] {
        let response = scene.request(Method::GET, host, ME).bearer_auth(&scene.key).send().await;
        let answer = code_of(response.unwrap()).await;
        assert_eq!(answer, (StatusCode::UNAUTHORIZED, "LOGIN-2".to_owned()), "{host}");
    }
    let unknown_region = "my-company.xx.qlikcloud.com";
    assert!(scene.request(Method::GET, unknown_region, ME).send().await.is_err());

    scene.emulator.world().disable_tenant(&scene.tenant);
    assert_eq!(code_of(scene.get(ME).await).await.1, "TENANT_DISABLED");
}

#[tokio::test]
async fn an_alias_can_pass_to_another_tenant() {
    let scene = Scene::new().await;
    {
        let mut world = scene.emulator.world();
        let other = world.add_tenant(Tenant::new("newcomer", "us", "Newcomer"));
        world.give_alias(&scene.tenant, &other, "my-company-renamed");
    }
    assert_eq!(scene.get(ME).await.status(), 401);
    let renamed = "my-company-renamed.us.qlikcloud.com";
    let request = scene.request(Method::GET, renamed, ME).bearer_auth(&scene.key);
    assert_eq!(request.send().await.unwrap().status(), 301);
}

#[tokio::test]
async fn a_key_has_the_shape_of_qliks_and_dies_by_the_clock() {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    let scene = Scene::new().await;
    let parts: Vec<_> =
        scene.key.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).unwrap()).collect();
    let [header, claims, signature] = parts.try_into().unwrap();
    let header: Value = serde_json::from_slice(&header).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    assert_eq!((&header["alg"], &header["typ"]), (&json!("ES384"), &json!("JWT")));
    assert_eq!(claims["aud"], "qlik.api");
    assert_eq!(claims["iss"], "qlik.api/api-keys");
    assert_eq!(claims["subType"], "user");
    assert_eq!(claims["sub"], scene.jane);
    assert_eq!(claims["tenantId"], scene.tenant);
    assert!(claims.get("exp").is_none());
    assert_eq!(signature.len(), 96);
    assert!((440..=500).contains(&scene.key.len()), "{}", scene.key.len());

    let record = json_of(scene.get(&scene.key_path(&scene.key)).await).await;
    assert_eq!(record["id"], claims["jti"]);
    assert_eq!(record["status"], "active");
    assert_eq!(record["expiry"], "2026-11-24T10:00:00Z");

    scene.clock.advance(Duration::from_secs(24 * 3600 - 1));
    assert_eq!(scene.get(ME).await.status(), 301);
    scene.clock.advance(Duration::from_secs(1));
    assert_eq!(scene.get(ME).await.status(), 401);
    let fresh = scene.emulator.world().mint_key(&scene.jane, DAY);
    let record = scene.get_with(&scene.key_path(&scene.key), &fresh).await;
    assert_eq!(json_of(record).await["status"], "expired");
}

#[tokio::test]
async fn keys_that_must_not_work_do_not() {
    let scene = Scene::new().await;
    let (foreign, scim, revoked, deleted, disabled, dora) = {
        let mut world = scene.emulator.world();
        let other = world.add_tenant(Tenant::new("other", "eu", "Other"));
        let erika = world.add_user(&other, User::new("Erika Mustermann", "erika@example.com"));
        let dora = world.add_user(&scene.tenant, User::new("Dora", "dora@example.com"));
        let foreign = world.mint_key(&erika, DAY);
        let scim = world.mint_scim_key(&scene.jane, DAY);
        let revoked = world.mint_key(&scene.jane, DAY);
        world.revoke_key(&revoked);
        let deleted = world.mint_key(&scene.jane, DAY);
        world.delete_key(&deleted);
        let disabled = world.mint_key(&dora, DAY);
        world.disable_user(&dora);
        (foreign, scim, revoked, deleted, disabled, dora)
    };
    let mut forged = scene.key.clone();
    forged.truncate(forged.len() - 4);
    for key in ["", "junk", &forged, &foreign, &scim, &revoked, &deleted] {
        assert_eq!(scene.get_with(ME, key).await.status(), 401);
    }
    let answer = code_of(scene.get_with(ME, &disabled).await).await;
    assert_eq!(answer, (StatusCode::FORBIDDEN, "AUTH-5".to_owned()));

    scene.emulator.world().knobs = Knobs {
        foreign_key: Refused::Forbidden,
        scim_key: Refused::Forbidden,
        inactive_user: InactiveUser::Shown,
        names_dead_keys: true,
        ..Knobs::default()
    };
    assert_eq!(scene.get_with(ME, &foreign).await.status(), 403);
    assert_eq!(scene.get_with(ME, &scim).await.status(), 403);
    assert_eq!(code_of(scene.get_with(ME, &revoked).await).await.1, "APIKEYS-18");
    let shown = scene.get_with(&format!("/api/v1/users/{dora}"), &disabled).await;
    assert_eq!(json_of(shown).await["status"], "disabled");
}

#[rstest]
#[case(StatusForm::Text, json!("401"))]
#[case(StatusForm::Integer, json!(401))]
#[case(StatusForm::Missing, Value::Null)]
#[tokio::test]
async fn an_error_writes_its_status_as_told(#[case] form: StatusForm, #[case] written: Value) {
    let scene = Scene::new().await;
    scene.emulator.world().knobs.error_status = form;
    let response = scene.get_with(ME, "junk").await;
    let trace_id = response.headers()["x-b3-traceid"].to_str().unwrap().to_owned();
    let body = json_of(response).await;
    assert_eq!(body["errors"][0]["status"], written);
    assert_eq!(body["traceId"], trace_id);
}

#[tokio::test]
async fn the_body_of_401_is_as_told_and_may_differ_by_tenant() {
    let scene = Scene::new().await;
    let knobs = Knobs { unauthorized_body: UnauthorizedBody::NginxHtml, ..Knobs::default() };
    scene.emulator.world().tenant_mut(&scene.tenant).knobs = Some(knobs);
    let html = scene.get_with(ME, "junk").await.text().await.unwrap();
    assert!(html.contains("<title>401 Authorization Required</title>"), "{html}");
    let knobs = Knobs { unauthorized_body: UnauthorizedBody::Empty, ..Knobs::default() };
    scene.emulator.world().tenant_mut(&scene.tenant).knobs = Some(knobs);
    assert_eq!(scene.get_with(ME, "junk").await.text().await.unwrap(), "");
}

#[tokio::test]
async fn a_user_makes_keys_up_to_the_cap_and_deletes_them() {
    let scene = Scene::new().await;
    let config = format!("/api/v1/api-keys/configs/{}", scene.tenant);
    let config = json_of(scene.get(&config).await).await;
    assert_eq!(
        (&config["max_keys_per_user"], &config["max_api_key_expiry"]),
        (&json!(5), &json!("PT24H"))
    );

    let mut made = Vec::new();
    for number in 2..=5 {
        let response = scene.post_key(json!({ "description": "x", "expiry": "PT6H" })).await;
        assert_eq!(response.status(), 201, "key {number}");
        let key = json_of(response).await;
        assert_eq!(key["expiry"], "2026-11-23T16:00:00Z");
        made.push(key["token"].as_str().unwrap().to_owned());
    }
    assert_eq!(scene.get_with(ME, &made[0]).await.status(), 301);
    assert_eq!(scene.post_key(json!({ "description": "x" })).await.status(), 403);

    let request =
        scene.request(Method::DELETE, "my-company.us.qlikcloud.com", &scene.key_path(&made[0]));
    let gone = scene.key_path(&made[0]);
    assert_eq!(request.bearer_auth(&scene.key).send().await.unwrap().status(), 204);
    assert_eq!(scene.get(&gone).await.status(), 404);
    assert_eq!(scene.get_with(ME, &made[0]).await.status(), 401);
    let successor = json_of(scene.post_key(json!({ "description": "x" })).await).await;
    assert_eq!(successor["expiry"], "2026-11-24T10:00:00Z");
    let keys = json_of(scene.get("/api/v1/api-keys").await).await;
    assert_eq!(keys["data"].as_array().unwrap().len(), 5);

    scene.clock.advance(Duration::from_hours(6));
    assert_eq!(scene.post_key(json!({ "description": "x" })).await.status(), 201);
    let too_long = json!({ "description": "x", "expiry": "P2D" });
    assert_eq!(scene.post_key(too_long).await.status(), 400);
}

#[tokio::test]
async fn keys_are_managed_only_with_the_permission() {
    let scene = Scene::new().await;
    scene.emulator.world().user_mut(&scene.jane).may_manage_keys = false;
    assert_eq!(scene.get(&scene.key_path(&scene.key)).await.status(), 403);
    assert_eq!(scene.get("/api/v1/api-keys").await.status(), 403);
    assert_eq!(scene.post_key(json!({ "description": "x" })).await.status(), 403);
    let config = format!("/api/v1/api-keys/configs/{}", scene.tenant);
    assert_eq!(scene.get(&config).await.status(), 200);
    assert_eq!(scene.get(ME).await.status(), 301);
    scene.emulator.world().knobs.configs_need_permission = true;
    assert_eq!(scene.get(&config).await.status(), 403);
    scene.emulator.world().knobs.keys_need_permission = true;
    assert_eq!(scene.get(ME).await.status(), 401);
}

#[tokio::test]
async fn an_admin_revokes_the_key_of_another() {
    let scene = Scene::new().await;
    let admin_key = {
        let mut world = scene.emulator.world();
        let admin = User::new("John Roe", "john.roe@example.com");
        let admin = User { roles: vec!["TenantAdmin".to_owned()], ..admin };
        let john = world.add_user(&scene.tenant, admin);
        world.mint_key(&john, DAY)
    };
    let path = scene.key_path(&scene.key);
    let foreign = scene.get(&scene.key_path(&admin_key)).await;
    assert_eq!(foreign.status(), 404);
    let request = scene.request(Method::DELETE, "my-company.us.qlikcloud.com", &path);
    assert_eq!(request.bearer_auth(&admin_key).send().await.unwrap().status(), 204);
    assert_eq!(json_of(scene.get_with(&path, &admin_key).await).await["status"], "revoked");
    assert_eq!(scene.get(ME).await.status(), 401);
}

#[tokio::test]
async fn items_are_paged_by_absolute_links() {
    let scene = Scene::new().await;
    scene.emulator.world().tenant_mut(&scene.tenant).items = (0..25)
        .map(|number| Item::new("app", &format!("App {number}")))
        .chain([Item::new("dataset", "orders.qvd")])
        .collect();
    let mut names = Vec::new();
    let mut path = "/api/v1/items?resourceType=app&limit=10".to_owned();
    for page in 1.. {
        let body = json_of(scene.get(&path).await).await;
        let data = body["data"].as_array().unwrap();
        names.extend(data.iter().map(|item| item["name"].as_str().unwrap().to_owned()));
        let Some(next) = body["links"]["next"]["href"].as_str() else {
            assert_eq!(page, 3);
            break;
        };
        path = next.strip_prefix("https://my-company.us.qlikcloud.com").unwrap().to_owned();
    }
    let expected: Vec<_> = (0..25).map(|number| format!("App {number}")).collect();
    assert_eq!(names, expected);
}

#[tokio::test]
async fn what_needs_no_key_is_answered_without() {
    let scene = Scene::new().await;
    let host = "my-company.us.qlikcloud.com";
    let path = "/resources/autogenerated/product-info.json";
    let response = scene.request(Method::GET, host, path).send().await.unwrap();
    assert_eq!(response.status(), 404);
    let hub = scene.request(Method::GET, host, "/hub").send().await.unwrap();
    assert_eq!(location(&hub), "/login?returnto=%2F");
    let login = scene.request(Method::GET, host, "/login?returnto=%2F").send().await.unwrap();
    assert_eq!(login.status(), 200);
}

#[tokio::test]
async fn every_request_is_recorded() {
    let scene = Scene::new().await;
    scene.get("/api/v1/items?limit=1").await;
    scene.request(Method::GET, "nobody.eu.qlikcloud.com", ME).send().await.unwrap();
    let requests = scene.emulator.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0].host, "my-company.us.qlikcloud.com");
    assert_eq!(requests[0].sni.as_deref(), Some("my-company.us.qlikcloud.com"));
    assert_eq!(requests[0].path, "/api/v1/items?limit=1");
    assert_eq!(requests[0].bearer(), Some(scene.key.as_str()));
    assert_eq!(requests[0].at, scene.clock.now());
    let key_id = scene.emulator.world().key_by_text(&scene.key).unwrap().id.clone();
    assert_eq!(requests[0].key_id, Some(key_id));
    assert!(!format!("{requests:?}").contains(&scene.key));
    assert_eq!(requests[1].host, "nobody.eu.qlikcloud.com");
    assert_eq!(requests[1].authorization(), None);
    scene.emulator.clear_requests();
    assert!(scene.emulator.requests().is_empty());
}

#[tokio::test]
async fn the_plain_port_serves_the_default_tenant() {
    let scene = Scene::new().await;
    let origin = format!("http://{}", scene.emulator.http_addr());
    scene.emulator.world().knobs.me = RedirectStyle::Absolute;
    let me =
        scene.client.get(format!("{origin}{ME}")).bearer_auth(&scene.key).send().await.unwrap();
    assert_eq!(location(&me), format!("{origin}{}", scene.user_path()));
    let other = scene.emulator.world().add_tenant(Tenant::new("other", "us", "Other"));
    scene.emulator.world().default_tenant = Some(other);
    let me =
        scene.client.get(format!("{origin}{ME}")).bearer_auth(&scene.key).send().await.unwrap();
    assert_eq!(me.status(), 401);
}

#[tokio::test]
async fn it_stops_with_its_connections() {
    let scene = Scene::new().await;
    scene.emulator.world().fault(USER, Fault::Slow(Duration::from_mins(10)));
    let path = scene.user_path();
    let waiting = async { assert!(scene.try_get(&path, &scene.key).await.is_err()) };
    let stopping = async {
        while scene.emulator.requests().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        scene.emulator.stop().await;
    };
    tokio::join!(waiting, stopping);
    assert!(scene.try_get(ME, &scene.key).await.is_err());
}

#[tokio::test]
async fn the_sample_keys_answer_as_they_are_labelled() {
    let scene = Scene::new().await;
    let other = Emulator::start(scene.clock.clone()).await;
    let samples = sandbox_world::fill(&mut other.world());
    for sample in samples {
        let url = format!("http://{}{ME}", other.http_addr());
        let host = format!("{}.{}.qlikcloud.com", sample.tenant_name, sample.region);
        let request = scene.client.get(url).header("host", host).bearer_auth(&sample.key);
        let status = request.send().await.unwrap().status().as_u16();
        let expected = match sample.label {
            "expired" | "revoked" | "scim" | "other-tenant" | "disabled-tenant" => 401,
            "disabled-user" => 403,
            _ => 301,
        };
        assert_eq!(status, expected, "{}", sample.label);
    }
}
