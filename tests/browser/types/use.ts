// What a vendor's page may write, and what the compiler must refuse.
import type { LinkHubError, LinkHubSuccess } from "../../../static/embed";

const element = document.querySelector("linkhub-connect")!;
element.token = "lhc_1.x";
element.mode = "inline";
// @ts-expect-error
element.mode = "popup";
element.addEventListener("success", ({ detail }) => {
  const account: string = detail.account_id + detail.provider;
  // @ts-expect-error
  detail.api_key;
  return account;
});
element.addEventListener("progress", ({ detail }) => {
  // @ts-expect-error
  if (detail.step === "nowhere") return;
});
element.addEventListener("error", ({ detail }) => detail.code.length);
element.addEventListener("close", () => element.close());
element.addEventListener("focus", (event: FocusEvent) => event.relatedTarget);
document.body.append(element, document.createElement("linkhub-connect"));

const opened: Promise<LinkHubSuccess> = LinkHub.open({ token: "lhc_1.x", lang: "de" });
opened.catch((error: LinkHubError) => error.code.length);
window.LinkHub.open({ token: "lhc_1.x", baseUrl: "https://hub.example.com" });
// @ts-expect-error
LinkHub.open({});
