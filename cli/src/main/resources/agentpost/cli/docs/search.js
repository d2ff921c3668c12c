"use strict";
const rows = [...document.querySelectorAll(".events li")];
const input = document.getElementById("words");
const found = document.querySelector("#search output");
const texts = rows.map((row) => `${row.textContent} ${row.dataset.words}`.toLowerCase());
input.addEventListener("input", () => {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  rows.forEach((row, i) => {
    row.hidden = !words.every((word) => texts[i].includes(word));
    shown += row.hidden ? 0 : 1;
  });
  found.value = words.length ? `${shown} of ${rows.length}` : "";
});
document.getElementById("search").hidden = false;
