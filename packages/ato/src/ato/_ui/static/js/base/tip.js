// One tooltip, shown while an element is hovered or focused.

import { h, put } from "./dom.js";

const tip = h("div", { class: "tip", role: "tooltip", id: "tip", hidden: true });
addEventListener("scroll", hideTip, { passive: true, capture: true });

/** Show what `content()` makes beside `element` on hover and on focus. */
export function attachTip(element, content) {
  const show = () => {
    const made = content();
    if (made) {
      put(tip, made);
      document.body.append(tip);
      tip.hidden = false;
      place(element);
      element.setAttribute("aria-describedby", "tip");
    }
  };
  const hide = () => {
    tip.hidden = true;
    element.removeAttribute("aria-describedby");
  };
  element.addEventListener("mouseenter", show);
  element.addEventListener("focus", show);
  element.addEventListener("mouseleave", hide);
  element.addEventListener("blur", hide);
}

/** The page is about to change: what the tooltip belongs to goes away. */
export function hideTip() {
  tip.hidden = true;
}

function place(element) {
  const target = element.getBoundingClientRect();
  const own = tip.getBoundingClientRect();
  const below = target.bottom + own.height + 12 < innerHeight;
  tip.style.left = `${Math.max(8, Math.min(target.left, innerWidth - own.width - 8))}px`;
  tip.style.top = `${below ? target.bottom + 6 : Math.max(8, target.top - own.height - 6)}px`;
}
