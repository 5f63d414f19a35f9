use super::*;
use crate::store::Location;

/// Every way to look for lines walks an index in the order of time: nothing is read only to be sorted or thrown
/// away, but for what a rare condition leaves over.
#[tokio::test]
async fn every_filter_is_found_by_an_index() {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::Sqlite(folder.path().join("linkhub.sqlite"));
    let store = Store::open(&location).await.unwrap();
    let all = EventFilter::default;
    let account_id = Some(AccountId::new());
    let actions = vec![Action::AccountChecked, Action::SignedIn];
    let request_id = Some("req_1".to_owned());
    let key = Some(Who::ApiKey(ApiKeyId::new()));
    let at = Timestamp::from_millis(1);
    let cases = [
        (all(), "events_by_time"),
        (EventFilter { from: Some(at), to: Some(at), ..all() }, "events_by_time"),
        (EventFilter { account_id: account_id.clone(), ..all() }, "events_by_account"),
        (
            EventFilter {
                account_id,
                actions: actions.clone(),
                who: Some(Who::Kind("system")),
                ..all()
            },
            "events_by_account",
        ),
        (EventFilter { actions: actions[..1].to_vec(), ..all() }, "events_by_action"),
        (EventFilter { actions: actions.clone(), ..all() }, "events_by_action"),
        (
            EventFilter { actions: actions.clone(), who: Some(Who::Kind("system")), ..all() },
            "events_by_action",
        ),
        (EventFilter { who: Some(Who::Kind("admin")), ..all() }, "events_by_actor"),
        (EventFilter { who: key.clone(), ..all() }, "events_by_actor"),
        (EventFilter { who: key, actions, from: Some(at), ..all() }, "events_by_actor"),
        (EventFilter { request_id, ..all() }, "events_by_request"),
    ];
    for turn in [None, Some(Turn::Older(at, EventId::new())), Some(Turn::Newer(at, EventId::new()))]
    {
        for (filter, index) in &cases {
            let query = select(filter, turn.as_ref(), 50);
            let several = filter.actions.len() > 1 && *index == "events_by_action";
            let plan: Vec<(i64, i64, i64, String)> =
                store.fetch_all(query.explained()).await.unwrap();
            let steps: Vec<&str> = plan.iter().map(|(.., step)| step.as_str()).collect();
            let of_table = |step: &&&str| step.contains(" events ");
            let reads: Vec<_> = steps.iter().filter(of_table).collect();
            assert!(!reads.is_empty(), "{steps:?}");
            assert!(reads.iter().all(|step| step.contains(index)), "{filter:?}: {steps:?}");
            // Of several actions the newest of each are merged, which are few.
            let sorts = steps.iter().any(|step| step.contains("TEMP B-TREE"));
            assert!(!sorts || several, "{filter:?}: {steps:?}");
        }
    }
}
