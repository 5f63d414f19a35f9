// @ts-check

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** @param {string} text */
export function isLabel(text) {
  return LABEL.test(text.trim().toLowerCase());
}

/**
 * Takes a pasted address apart (`https://my-company.us.qlikcloud.com/hub`, also without scheme and path).
 * @param {string} text
 * @param {string[]} domains the base domains that tenants live below
 * @returns {{ tenant: string, region: string } | null} null if it is not a tenant's address
 */
export function split(text, domains) {
  const host = text.trim().toLowerCase().replace(/^https?:\/\//, "").split(/[/?#]/)[0] ?? "";
  for (const domain of domains) {
    if (!host.endsWith(`.${domain}`)) continue;
    const labels = host.slice(0, -domain.length - 1).split(".");
    const [tenant = "", region = ""] = labels;
    if (labels.length === 2 && isLabel(tenant) && isLabel(region)) return { tenant, region };
  }
  return null;
}
