// Shows times in the reader's zone, with UTC at hand. All else is the server's.
(() => {
  "use strict";
  const shown = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
  const localize = (root) => {
    for (const time of root.querySelectorAll("time[datetime]:not([title])")) {
      const at = new Date(time.dateTime);
      time.title = time.textContent + " UTC";
      time.textContent = shown.format(at);
    }
  };
  localize(document);
  document.addEventListener("htmx:load", (loaded) => localize(loaded.detail.elt));
  // What the reader opened stays open when newer content takes its place.
  let open = [];
  document.addEventListener("htmx:beforeSwap", () => {
    open = [...document.querySelectorAll("details[open][id]")].map((one) => one.id);
  });
  document.addEventListener("htmx:afterSwap", () => {
    for (const id of open) {
      document.getElementById(id)?.setAttribute("open", "");
    }
  });
  for (const form of document.querySelectorAll("form[data-auto]")) {
    form.addEventListener("change", () => form.requestSubmit());
  }
  // "g" and a view's letter, "/" and "?", unless the reader types or means the browser's own.
  let isGoing = false;
  document.addEventListener("keydown", (pressed) => {
    const isTyping = pressed.target.closest("input, textarea, select, [contenteditable]");
    if (isTyping || pressed.ctrlKey || pressed.metaKey || pressed.altKey) {
      return;
    }
    const key = pressed.key;
    const help = document.getElementById("keys");
    const link = isGoing && document.querySelector(`nav a[data-key="${CSS.escape(key)}"]`);
    isGoing = key === "g" && !link;
    if (link) {
      link.click();
    } else if (key === "?") {
      help.open ? help.close() : help.showModal();
    } else if (key === "/") {
      const search = document.querySelector("input[type=search]");
      search ? search.focus() : document.querySelector("nav a").click();
    } else {
      return;
    }
    pressed.preventDefault();
  });
})();
