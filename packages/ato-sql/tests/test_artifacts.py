"""Files that a run made."""

import hashlib
import os
import pathlib
import warnings

import pytest

from ato_sql import Artifact, ArtifactError, MetricError, TrackerWarning


class TestArtifacts:
    def test_size_and_hash_are_recorded(self, logger, finder, tmp_path):
        (tmp_path / "model.bin").write_bytes(b"weights")
        run_id = logger.run()
        logger.log_artifact(run_id, tmp_path / "model.bin", "model", metadata={"epoch": 3})
        (artifact,) = finder.find_run(run_id).artifacts
        assert (artifact.size, artifact.data_type) == (7, "model")
        assert artifact.data_info == {"epoch": 3}
        assert artifact.content_hash.startswith("9a129038d9a0")  # SHA-256

    def test_a_copy_outlives_the_file_and_is_kept_once(self, logger, finder, tmp_path):
        run_id = logger.run()
        for name in ("a.bin", "b.bin"):
            (tmp_path / name).write_bytes(b"weights")
            logger.log_artifact(run_id, tmp_path / name, "model", copy=True)
            (tmp_path / name).unlink()
        first, second = finder.find_run(run_id).artifacts
        assert first.stored == second.stored
        with open(first.stored, "rb") as file:
            assert file.read() == b"weights"

    def test_the_step_of_a_file_is_kept_where_it_is_said(self, logger, finder, tmp_path):
        (tmp_path / "model.bin").write_bytes(b"weights")
        run_id = logger.run()
        logger.log_artifact(run_id, tmp_path / "model.bin", "model", step=3)
        logger.log_artifact(run_id, tmp_path / "model.bin", "model")
        assert [one.step for one in finder.find_run(run_id).artifacts] == [3, None]
        with pytest.raises(MetricError, match="the step of artifact '.*' must be an integer"):
            logger.log_artifact(run_id, tmp_path / "model.bin", "model", step="last")

    def test_a_folder_has_no_content_of_its_own(self, logger, finder, tmp_path):
        (tmp_path / "out").mkdir()
        (tmp_path / "out" / "x").write_bytes(b"12345")
        run = logger.start()
        run.log_artifact(tmp_path / "out", "folder", copy=True)
        (artifact,) = finder.find_run(run.id).artifacts
        with pytest.raises(ArtifactError, match="is a folder: open the files below"):
            artifact.read()

    def test_a_folder_is_one_artifact(self, logger, finder, tmp_path):
        (tmp_path / "out" / "deep").mkdir(parents=True)
        (tmp_path / "out" / "deep" / "x").write_bytes(b"12345")
        run = logger.start()
        run.log_artifact(tmp_path / "out", "folder", copy=True)
        (artifact,) = finder.find_run(run.id).artifacts
        assert artifact.size == 5
        assert os.path.exists(os.path.join(artifact.stored, "deep", "x"))

    def test_a_folder_is_copied_without_the_copies_in_it(self, logger, finder, tmp_path):
        (tmp_path / "x").write_bytes(b"12345")
        run = logger.start()
        for _ in range(2):
            run.log_artifact(tmp_path, "project", copy=True)
        artifact = finder.get_run(run.id).artifacts[-1]
        names = os.listdir(artifact.stored)
        assert "x" in names
        assert not [name for name in names if name.endswith(".artifacts")]

    def test_the_folder_of_copies_is_none_to_copy(self, logger, finder, tmp_path):
        (tmp_path / "x").write_bytes(b"12345")
        run = logger.start()
        run.log_artifact(tmp_path / "x", "file", copy=True)
        (artifact,) = finder.get_run(run.id).artifacts
        place = os.path.dirname(os.path.dirname(artifact.stored))
        with pytest.raises(ArtifactError, match="is where copies are kept"):
            run.log_artifact(place, "copies", copy=True)

    def test_copying_a_missing_file_is_an_error(self, logger):
        run = logger.start()
        with pytest.raises(OSError):
            run.log_artifact("nowhere.bin", "model", copy=True)

    def test_it_knows_its_run_and_its_path_as_given(self, logger, finder, tmp_path):
        (tmp_path / "model.bin").write_bytes(b"weights")
        run = logger.start()
        run.log_artifact(tmp_path / "model.bin", "model")
        (artifact,) = finder.get_run(run.id).artifacts
        assert isinstance(artifact, Artifact)
        assert artifact.path == str(tmp_path / "model.bin")
        assert artifact.run.id == run.id
        assert artifact.created_at >= finder.get_run(run.id).start_time

    def test_an_empty_file_is_no_missing_one(self, logger, finder, tmp_path):
        (tmp_path / "empty").touch()
        run_id = logger.run()
        logger.log_artifact(run_id, tmp_path / "empty", "log")
        (artifact,) = finder.get_run(run_id).artifacts
        assert (artifact.size, artifact.content_hash) == (0, hashlib.sha256().hexdigest())

    def test_a_large_file_is_hashed_whole(self, logger, finder, tmp_path):
        content = os.urandom(3_000_000)
        (tmp_path / "big").write_bytes(content)
        run_id = logger.run()
        logger.log_artifact(run_id, tmp_path / "big", "data")
        (artifact,) = finder.get_run(run_id).artifacts
        assert artifact.content_hash == hashlib.sha256(content).hexdigest()

    def folder_hash(self, logger, finder, folder):
        with logger.start() as run:
            run.log_artifact(folder, "folder")
        return finder.get_run(run.id).artifacts[0].content_hash

    def test_the_hash_of_a_folder_knows_names_and_contents(self, logger, finder, tmp_path):
        hashes = []
        for name, content in (("x", b"1"), ("y", b"1"), ("x", b"2"), ("x", b"1")):
            folder = tmp_path / str(len(hashes))
            folder.mkdir()
            (folder / name).write_bytes(content)
            hashes.append(self.folder_hash(logger, finder, folder))
        assert len(set(hashes[:3])) == 3
        assert hashes[3] == hashes[0]

    def test_metadata_may_hold_anything(self, logger, finder):
        run_id = logger.run()
        logger.log_artifact(run_id, "s3://x", "model", metadata={"shape": (1, 2), "kind": object})
        info = finder.get_run(run_id).artifacts[0].data_info
        assert info["shape"] == [1, 2]
        assert info["kind"]["value"] == "<class 'object'>"

    def test_a_run_that_ended_may_still_get_one(self, logger, finder):
        with logger.start() as run:
            pass
        logger.log_artifact(run.id, __file__, "code")
        logger.flush()
        assert [a.path for a in finder.get_run(run.id).artifacts] == [__file__]

    def test_what_is_not_there_is_recorded_with_a_warning(self, logger, finder):
        with logger.start() as run:
            with pytest.warns(TrackerWarning, match="'missing.bin' is not there; it is recorded"):
                run.log_artifact("missing.bin", "model")
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                run.log_artifact("s3://bucket/model", "model")  # nobody looks there
        kept = finder.get_run(run.id).artifacts
        assert [(one.path, one.size) for one in kept] == [
            ("missing.bin", None),
            ("s3://bucket/model", None),
        ]

    def test_what_cannot_be_copied_is_an_error_of_ours_and_of_the_system(self, logger, finder):
        with logger.start() as run:
            with pytest.raises(
                ArtifactError, match="artifact 'missing.bin' cannot be copied"
            ) as one:
                run.log_artifact("missing.bin", "model", copy=True)
            assert isinstance(one.value, OSError)
        assert finder.get_run(run.id).artifacts == []

    def test_of_an_unknown_run_it_is_refused(self, logger):
        logger.run()
        with pytest.raises(ValueError, match="there is no run 99"):
            logger.log_artifact(99, "x", "model")

    def test_copies_go_where_the_settings_say(self, config, open_logger, finder, tmp_path):
        config.experiment.sql.artifact_dir = tmp_path / "copies"
        (tmp_path / "a.bin").write_bytes(b"weights")
        run = open_logger(config).start()
        run.log_artifact(tmp_path / "a.bin", "model", copy=True)
        (artifact,) = finder.get_run(run.id).artifacts
        digest = hashlib.sha256(b"weights").hexdigest()
        assert artifact.stored == str(tmp_path / "copies" / digest[:2] / digest)

    def test_a_copy_that_cannot_be_written_is_an_error_and_not_recorded(
        self, config, open_logger, finder, tmp_path
    ):
        (tmp_path / "file").write_text("in the way")
        config.experiment.sql.artifact_dir = tmp_path / "file"
        run = open_logger(config).start()
        with pytest.raises(OSError):
            run.log_artifact(__file__, "code", copy=True)
        assert finder.get_run(run.id).artifacts == []

    def test_no_half_copies_are_left(self, logger, tmp_path):
        run = logger.start()
        run.log_artifact(__file__, "code", copy=True)
        with pytest.raises(OSError):
            run.log_artifact("nowhere.bin", "model", copy=True)
        left = os.listdir(str(tmp_path / "runs.sqlite.artifacts"))
        assert [name for name in left if name.startswith(".incoming")] == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes of Unix")
class TestWhatIsNoFile:
    def test_a_device_or_pipe_is_recorded_but_not_read(self, logger, finder, tmp_path):
        os.mkfifo(str(tmp_path / "pipe"))
        with logger.start() as run:
            with pytest.warns(TrackerWarning, match="'/dev/zero' cannot be read"):
                run.log_artifact("/dev/zero", "data")
            with pytest.warns(TrackerWarning, match="pipe' cannot be read"):
                run.log_artifact(tmp_path / "pipe", "data")
            for path in ("/dev/zero", str(tmp_path / "pipe")):
                with pytest.raises(OSError):
                    run.log_artifact(path, "data", copy=True)
        kept = finder.get_run(run.id).artifacts
        assert [(one.size, one.content_hash) for one in kept] == [(None, None)] * 2

    @pytest.mark.skipif(not os.path.exists("/proc/self/pagemap"), reason="only Linux has it")
    def test_what_the_kernel_makes_up_without_end_is_not_read_to_its_end(
        self, logger, finder, tmp_path
    ):
        (tmp_path / "folder").mkdir()
        os.symlink("/proc/self/pagemap", str(tmp_path / "folder" / "link"))
        with logger.start() as run:
            for path in ("/proc/self/pagemap", str(tmp_path / "folder")):
                with pytest.warns(TrackerWarning, match="cannot be read"):
                    run.log_artifact(path, "data")
                with pytest.raises(OSError):
                    run.log_artifact(path, "data", copy=True)
        assert [one.size for one in finder.get_run(run.id).artifacts] == [None, None]

    @pytest.mark.skipif(not os.access("/proc/kmsg", os.R_OK), reason="only root may read it")
    def test_what_the_kernel_says_later_is_not_waited_for(self, logger, finder):
        with logger.start() as run, pytest.warns(TrackerWarning, match="cannot be read"):
            run.log_artifact("/proc/kmsg", "data")
        assert finder.get_run(run.id).artifacts[0].size is None

    @pytest.mark.skipif(not os.path.exists("/proc/version"), reason="only Linux has it")
    def test_what_the_kernel_makes_up_and_ends_is_copied(self, logger, finder):
        with logger.start() as run:
            run.log_artifact("/proc/version", "data", copy=True)
        (kept,) = finder.get_run(run.id).artifacts
        assert pathlib.Path(kept.stored).read_text() == pathlib.Path("/proc/version").read_text()

    def test_a_folder_with_links_to_itself_is_copied_once(self, logger, finder, tmp_path):
        folder = tmp_path / "folder"
        (folder / "below").mkdir(parents=True)
        (folder / "a.txt").write_text("a")
        for name in ("one", "two", "below/three"):
            os.symlink(str(folder), str(folder / name))
        os.mkfifo(str(folder / "below" / "pipe"))
        with logger.start() as run:
            run.log_artifact(folder, "data", copy=True)
        (kept,) = finder.get_run(run.id).artifacts
        assert kept.size == 1


def test_a_path_that_is_far_too_long_is_cut_in_messages(logger):
    with logger.start() as run:
        with pytest.warns(TrackerWarning, match="is not there") as warned:
            run.log_artifact("a" * 100_000, "model")
        with pytest.raises(OSError) as copied:
            run.log_artifact("a" * 100_000, "model", copy=True)
        with pytest.raises(MetricError) as read:
            run.log_image("k", "a" * 100_000)
    texts = (warned[0].message, copied.value, read.value)
    assert all(len(str(text)) < 1000 for text in texts)


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_links_in_a_folder_are_kept_and_not_followed_in_circles(logger, finder, tmp_path):
    folder = tmp_path / "model"
    (folder / "part").mkdir(parents=True)
    (folder / "weights").write_text("1")
    os.symlink("weights", folder / "latest")
    os.symlink("nowhere", folder / "dangling")
    os.symlink("..", folder / "part" / "up")
    with logger.start() as run:
        run.log_artifact(folder, "model", copy=True)
        run.log_artifact(folder, "model")
    copied, recorded = finder.get_run(run.id).artifacts
    assert copied.content_hash == recorded.content_hash is not None
    assert copied.size == 2
    assert (pathlib.Path(copied.stored) / "latest").read_text() == "1"
    assert os.readlink(os.path.join(copied.stored, "dangling")) == "nowhere"
    assert os.readlink(os.path.join(copied.stored, "part", "up")) == ".."
