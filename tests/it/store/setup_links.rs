use std::time::Duration;

use linkhub::id::SetupId;
use linkhub::secret::PlainToken;
use rstest::rstest;

use super::{Engine, NOW};

#[rstest]
#[tokio::test]
async fn only_the_newest_setup_link_works(
    #[values(Engine::Sqlite, Engine::Postgres)] engine: Engine,
) {
    let store = engine.open().await;
    let mut older: Option<SetupId> = None;
    for n in 0..3 {
        let id = SetupId::new();
        let token = PlainToken::generate(id.to_string());
        let now = NOW.plus(Duration::from_secs(n));
        store.replace_setup_link(&id, &token.hash(), now).await.unwrap();

        let (hash, made) = store.find_setup_link(id.as_str()).await.unwrap().unwrap();
        assert!(hash.matches(&token));
        assert_eq!(made, now);
        if let Some(older) = &older {
            assert!(store.find_setup_link(older.as_str()).await.unwrap().is_none());
        }
        older = Some(id);
    }
    assert!(store.find_setup_link("' OR 1=1 --").await.unwrap().is_none());
    assert_eq!(store.number("SELECT count(*) FROM setup_links").await, 1);
}
