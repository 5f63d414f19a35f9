use super::*;

fn line(n: i64) -> Line {
    Line {
        id: format!("evt_{n}"),
        at: Timestamp::from_millis(n),
        action: "account.checked".to_owned(),
        actor_kind: "admin".to_owned(),
        actor_name: "admin".to_owned(),
        account_id: None,
        request_id: Some("req_1".to_owned()),
        address: Some("192.0.2.1".to_owned()),
        detail: "{}".to_owned(),
    }
}

fn start() -> Link {
    Link { seq: 0, hash: vec![0; 32] }
}

fn chained(count: i64) -> (Vec<(Link, Line)>, ChainEnds) {
    let mut last = start();
    let mut all = Vec::new();
    for line in (1..=count).map(line) {
        last = last.followed_by(&line);
        all.push((last.clone(), line));
    }
    (all, ChainEnds { root: start(), head: last })
}

fn walk(lines: &[(Link, Line)], ends: &ChainEnds) -> Result<(), Break> {
    let mut walk = Walk::new(ends.clone());
    for (link, line) in lines {
        walk.step(link, line)?;
    }
    walk.end()
}

#[test]
fn every_field_is_part_of_the_hash() {
    let whole = start().followed_by(&line(1));
    let changes: [fn(&mut Line); 11] = [
        |l| l.id.push('x'),
        |l| l.at = Timestamp::from_millis(2),
        |l| l.action.push('x'),
        |l| l.actor_kind.push('x'),
        |l| l.actor_name.push('x'),
        |l| l.account_id = Some(String::new()),
        |l| l.request_id = None,
        |l| l.address = Some("192.0.2.2".to_owned()),
        |l| l.detail.push(' '),
        // What moves from one field to its neighbour.
        |l| (l.actor_kind, l.actor_name) = ("admina".to_owned(), "dmin".to_owned()),
        |l| (l.request_id, l.address) = (l.address.take(), l.request_id.take()),
    ];
    for change in changes {
        let mut other = line(1);
        change(&mut other);
        assert_ne!(start().followed_by(&other).hash, whole.hash, "{other:?}");
    }
    assert_ne!(Link { seq: 1, ..start() }.followed_by(&line(1)).hash, whole.hash);
}

#[test]
fn a_whole_chain_is_right_and_so_is_one_without_its_beginning() {
    let (lines, ends) = chained(5);
    assert_eq!(walk(&lines, &ends), Ok(()));
    assert_eq!(walk(&[], &chained(0).1), Ok(()));
    let shorter = ChainEnds { root: lines[1].0.clone(), ..ends.clone() };
    assert_eq!(walk(&lines[2..], &shorter), Ok(()));
    let empty = ChainEnds { root: lines[4].0.clone(), ..ends };
    assert_eq!(walk(&[], &empty), Ok(()));
}

#[test]
fn what_was_done_to_a_chain_shows_at_its_first_place() {
    let (lines, ends) = chained(5);
    let at = |n: i64| Timestamp::from_millis(n);

    let deleted = [&lines[..2], &lines[3..]].concat();
    assert_eq!(walk(&deleted, &ends), Err(Break::Missing { seq: 3, before: at(4) }));

    let mut changed = lines.clone();
    changed[2].1.detail = "{\"x\":1}".to_owned();
    assert_eq!(walk(&changed, &ends), Err(Break::Changed { seq: 3, at: at(3) }));

    // With a new hash of its own, the next line does not follow any more.
    changed[2].0 = lines[1].0.followed_by(&changed[2].1);
    assert_eq!(walk(&changed, &ends), Err(Break::Changed { seq: 4, at: at(4) }));

    let mut swapped = lines.clone();
    (swapped[1].1, swapped[2].1) = (lines[2].1.clone(), lines[1].1.clone());
    assert_eq!(walk(&swapped, &ends), Err(Break::Changed { seq: 2, at: at(3) }));

    assert_eq!(walk(&lines[..3], &ends), Err(Break::Tail { seq: 4, until: 5 }));

    let forged = (lines[4].0.followed_by(&line(6)), line(6));
    let longer = [&lines[..], &[forged]].concat();
    assert_eq!(walk(&longer, &ends), Err(Break::Ends));

    let head = Link { hash: vec![7; 32], ..ends.head.clone() };
    assert_eq!(walk(&lines, &ChainEnds { head, ..ends.clone() }), Err(Break::Ends));
    let root = Link { hash: vec![7; 32], ..ends.root.clone() };
    let broken = ChainEnds { root, ..ends };
    assert_eq!(walk(&lines, &broken), Err(Break::Changed { seq: 1, at: at(1) }));
}
