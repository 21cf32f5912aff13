"""What a run read and ran: on its own page, and in a comparison."""

import sys

import pytest

pytest.importorskip("starlette", reason="needs the extra ui")

notices_reads = pytest.mark.skipif(sys.version_info < (3, 8), reason="no audit hooks")


@pytest.fixture(scope="session")
def recorded(tmp_path_factory, serve):
    """A page over three runs of one program, changed in between."""
    from recorded import make_recorded

    return serve(make_recorded(tmp_path_factory.mktemp("recorded")))


def differing(answer, what):
    return {
        row["key"]: [cell and cell["version"] for cell in row["cells"]]
        for row in answer[what]["rows"]
    }


class TestRun:
    @notices_reads
    def test_the_files_it_read_are_listed_with_who_read_them(self, recorded):
        inputs = {one["name"]: one for one in recorded.get("runs/1")["inputs"]}
        assert sorted(inputs) == ["labels.txt", "train.csv"]
        data = inputs["train.csv"]
        assert (data["size"], data["how"]) == (8, "read")
        assert data["hash"].startswith("sha256:")
        assert data["reader"].startswith("main (train.py:")

    def test_its_own_modules_are_listed_and_no_others(self, recorded):
        modules = recorded.get("runs/1")["modules"]
        assert [one["module"] for one in modules] == ["__main__", "digits_model"]
        assert [one["name"] for one in modules] == ["train.py", "digits_model.py"]

    def test_what_was_logged_by_hand_says_so(self, new_database, serve):
        with new_database().start() as run:
            run.log_input("s3://bucket/train", name="train")
        (found,) = serve(new_database.url).get(f"runs/{run.id}")["inputs"]
        assert (found["name"], found["how"], found["size"]) == ("train", "logged", None)
        assert found["problem"] == "an address; what lies there is not read"

    def test_its_environment_reads_as_text(self, recorded):
        facts = dict(recorded.get("runs/1")["environment"]["facts"])
        assert facts["threads"].startswith("cpus ")
        assert "ato_scope " in facts["imported"]

    def test_an_input_is_named_and_never_served(self, recorded):
        for path in ("/api/inputs/1", "/train.csv", "/train.py"):
            assert recorded.ask(path).status == 404


class TestCompare:
    @notices_reads
    def test_only_inputs_whose_content_differs_are_shown(self, recorded):
        answer = recorded.get("compare", run=[1, 2])
        assert differing(answer, "inputs") == {"train.csv": [0, 1]}
        assert answer["inputs"]["total"] == 2

    @notices_reads
    def test_a_file_that_only_one_run_read_differs(self, recorded):
        answer = recorded.get("compare", run=[2, 3])
        assert differing(answer, "inputs") == {"train.csv": [0, None], "more.csv": [None, 0]}

    def test_only_modules_whose_source_differs_are_shown(self, recorded):
        answer = recorded.get("compare", run=[1, 2, 3])
        assert differing(answer, "modules") == {"digits_model": [0, 1, 1]}
        assert differing(recorded.get("compare", run=[2, 3]), "modules") == {}

    def test_the_lines_that_changed_in_a_module_can_be_asked_for(self, recorded):
        (row,) = recorded.get("compare", run=[1, 2])["modules"]["rows"]
        old, new = (cell["hash"] for cell in row["cells"])
        lines = recorded.get("text-change", old=old, new=new)["lines"]
        assert ["-", "    return 1 / rows"] in [line[:2] for line in lines]
        assert ["+", "    return min(1, 2 / rows)"] in [line[:2] for line in lines]

    @notices_reads
    def test_the_lines_that_changed_in_a_small_input_too(self, recorded):
        (row,) = recorded.get("compare", run=[1, 2])["inputs"]["rows"]
        old, new = (cell["hash"] for cell in row["cells"])
        lines = recorded.get("text-change", old=old, new=new)["lines"]
        assert [line[:2] for line in lines if line[0] in "-+"] == [["-", "1,0"], ["+", "1,1"]]

    def test_a_content_that_was_not_kept_is_said(self, recorded):
        answer = recorded.get("text-change", old="sha256:00", new="sha256:01")
        assert answer == {"lines": [], "reason": "The text of these versions was not kept."}

    def test_what_two_runs_may_differ_in_comes_last_and_is_not_marked(self, recorded):
        rows = recorded.get("compare", run=[1, 3])["environment"]
        assert [(row["key"], row["differs"]) for row in rows][-1] == ("command", False)
        assert rows[-1]["cells"] == ["train.py", "train.py data:=more.csv"]


@pytest.mark.browser
class TestInABrowser:
    @pytest.fixture
    def view(self, look, recorded):
        pytest.importorskip("selenium", reason="needs selenium")
        return look(recorded)

    def test_a_run_shows_its_inputs_and_modules(self, view):
        view.open("/runs/1", "[aria-label='Own modules'] tbody tr")
        names = view.texts("[aria-label=Inputs] tbody td:first-child")
        assert sorted(names) == ["labels.txt", "train.csv"]
        modules = view.texts("[aria-label='Own modules'] tbody td:first-child")
        assert modules == ["__main__", "digits_model"]
        assert view.complaints() == []

    def test_a_comparison_shows_which_differ_and_how(self, view):
        view.open("/compare?run=1&run=2", "[aria-label='Own modules'] tbody tr")
        assert view.texts("[aria-label=Inputs] th[scope=row]") == ["train.csv"]
        assert view.texts("[aria-label='Own modules'] th[scope=row]") == ["digits_model"]
        view.one("[aria-label='Own modules'] button.quiet").click()
        view.wait("dialog .diff .added")
        assert any("min(1, 2 / rows)" in line for line in view.texts("dialog .diff .added"))

    def test_equal_modules_are_said_to_be_equal(self, view):
        view.open("/compare?run=2&run=3", "[aria-label='Own modules']")
        assert "Equal in all runs." in view.one("[aria-label='Own modules']").text

    def test_a_long_list_is_folded(self, look, new_database, serve):
        with new_database().start() as run:
            for number in range(20):
                run.log_input(b"data", name=f"part-{number}")
        view = look(serve(new_database.url))
        view.open(f"/runs/{run.id}", "[aria-label=Inputs] details")
        assert view.texts("[aria-label=Inputs] summary") == ["20 inputs"]
        view.one("[aria-label=Inputs] summary").click()
        assert view.texts("[aria-label=Inputs] tbody td:first-child")[-1] == "part-19"
