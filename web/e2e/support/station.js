// What a station is made of: a page that has to be looked at.

export const press = (name) => (page) => page.getByRole("button", { name, exact: true }).click();

// at is a page that an address alone leads to.
export const at = (name, who, path, status = 200) => ({ name, who, path, status, lead: path.length > 1 });

// after is a page that a form on another one leads to. Where the lead has a hand
// in it, path or act takes the lead's page too; path may also take the person's
// own, to do first what has to be done before.
export const after = (name, who, path, act, status) => ({ name, who, path, act, status, lead: path.length > 1 || act.length > 1 });
