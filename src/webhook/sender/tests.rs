use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;

fn sender(allow_private: bool, names: LookUps) -> Sender {
    let own = IpAddr::from([192, 0, 2, 1]);
    Sender::with(Filter { allow_private, own, names }).unwrap()
}

async fn send(sender: &Sender, url: &str) -> Reply {
    let (id, secret) = (EventId::new(), SecretString::from("whsec_AAAA"));
    let (at, body) = (Timestamp::from_millis(0), b"{}".to_vec());
    sender.send(Letter { url, id: &id, at, body, secrets: &[secret] }).await
}

/// The second answer would lead elsewhere: whoever owns the name may change it between two looks.
#[tokio::test]
async fn a_name_is_looked_up_once_and_what_was_looked_at_is_called() {
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let sender = sender(
        true,
        LookUps::asking(|_| {
            let last = if ASKED.fetch_add(1, Ordering::SeqCst) == 0 { 1 } else { 2 };
            Ok(vec![SocketAddr::from(([127, 0, 0, last], 0))])
        }),
    );
    let url = format!("http://rebinding.example.com:{port}/hook");
    let take = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut head = vec![0; 4096];
        let read = stream.read(&mut head).await.unwrap();
        stream.write_all(b"HTTP/1.1 204 So\r\n\r\n").await.unwrap();
        String::from_utf8_lossy(&head[..read]).to_ascii_lowercase()
    };
    let (reply, head) = tokio::join!(send(&sender, &url), take);
    assert_eq!(reply.status, Some(204), "{reply:?}");
    assert!(head.contains(&format!("host: rebinding.example.com:{port}")), "{head}");
    assert_eq!(ASKED.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn one_private_address_among_public_ones_refuses_the_name() {
    let names = LookUps::asking(|name| {
        let (private, _) = name.split_once(".example.com").unwrap();
        let private: IpAddr = private.replace('-', ".").parse().unwrap();
        Ok([IpAddr::from([8, 8, 8, 8]), private].map(|address| (address, 0).into()).into())
    });
    let sender = sender(false, names);
    for private in ["127.0.0.1", "169.254.169.254", "10.0.0.1", "100.64.0.1"] {
        let url = format!("https://{}.example.com/hook", private.replace('.', "-"));
        let reply = send(&sender, &url).await;
        let expected = format!("{private} is a private, own or reserved address");
        assert!(reply.error.as_ref().unwrap().starts_with(&expected), "{reply:?}");
    }
}
