// What a table of runs shows: filter, order, page, columns. Kept in the address.

import { setQuery } from "../router.js";
import { recallJson, storeJson } from "../base/storage.js";

export const PAGE = 50;
const NEWEST_FIRST = "-id";

export class RunsState {
  /** Read from the address; columns it does not name are those remembered, else `defaults`. */
  constructor(project, query, defaults) {
    this.memory = `ato-columns-${project}`;
    this.filter = query.get("filter") || "";
    this.sort = query.get("sort") || NEWEST_FIRST;
    this.page = Math.max(1, Number.parseInt(query.get("page"), 10) || 1);
    this.trials = query.get("trials") || "";
    this.named = query.has("column"); // else the address need not name the columns
    this.columns = this.named ? query.getAll("column") : recallJson(this.memory, defaults);
  }

  change(changes) {
    Object.assign(this, { page: 1 }, changes);
    if (changes.columns) {
      this.named = true;
      storeJson(this.memory, changes.columns);
    }
    setQuery({
      filter: this.filter,
      sort: this.sort === NEWEST_FIRST ? "" : this.sort,
      page: this.page > 1 ? this.page : "",
      trials: this.trials,
      column: this.named ? this.columns : [],
    });
  }

  /** The order after a click on the heading of `column`: falling first, then rising. */
  sortedBy(column) {
    return this.sort === `-${column}` ? column : `-${column}`;
  }

  question() {
    const { filter, sort, trials, columns } = this;
    return { filter, sort, trials, column: columns, offset: (this.page - 1) * PAGE, limit: PAGE };
  }
}
