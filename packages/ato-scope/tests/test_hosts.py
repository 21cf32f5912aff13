"""Programs that run ours: their arguments are their own, and no mistake may end them."""

import os

import pytest

TRAIN = """
    from ato_scope import Scope

    scope = Scope({'lr': 0.1})

    @scope
    def train(config, *rest):
        return config.lr
"""


def installed(program, package, source):
    """Install a package as pip does, where the interpreter of the test finds it."""
    folder = f"site-packages/{package}"
    program.write("", f"{folder}/__init__.py")
    program.write(source, f"{folder}/__main__.py")
    return program


def run(program, *arguments, command=("train.py",)):
    found = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    path = os.pathsep.join([str(program.folder / "site-packages"), *filter(None, found)])
    return program.run(*arguments, command=command, env={"PYTHONPATH": path})


HOST = """
    import importlib, sys
    sys.path.insert(0, '.')
    app = importlib.import_module('app')
    print(app.train())
"""


class TestHosts:
    def test_an_installed_program_that_loads_ours_keeps_its_arguments(self, program):
        installed(program.write(TRAIN, "app.py"), "somehost", HOST)
        done = run(program, "--port", "80", "run", command=("-m", "somehost"))
        assert (done.code, done.out) == (0, "0.1\n"), done

    def test_an_installed_command_keeps_its_arguments(self, program):
        installed(program.write(TRAIN, "app.py"), "somehost", "def main():\n    pass\n")
        program.write(HOST, "site-packages/somehost/cli.py")
        program.write("import somehost.cli\n", "bin/somehost")
        done = run(program, "serve", "--port=80", command=("bin/somehost",))
        assert (done.code, done.out) == (0, "0.1\n"), done

    def test_an_installed_program_with_a_scope_reads_them(self, program):
        source = TRAIN + "\n    print(train())\n"
        installed(program, "pack", source)
        assert run(program, "lr=5", command=("-m", "pack")).out == "5\n"
        assert run(program, "lrr", command=("-m", "pack")).fails_with("unknown view 'lrr'")

    def test_so_does_its_command(self, program):
        installed(program, "pack", "")
        program.write(TRAIN, "site-packages/pack/jobs.py")
        program.write(
            "def main():\n    from pack.jobs import train\n    print(train())\n",
            "site-packages/pack/cli.py",
        )
        program.write("from pack.cli import main\nmain()\n", "bin/pack-train")
        assert run(program, "lr=5", command=("bin/pack-train",)).out == "5\n"

    @pytest.mark.parametrize("tool", ["cProfile", "trace --count --missing -C cover", "pdb -c c"])
    def test_a_tool_of_the_standard_library_hands_them_on(self, program, tool):
        program.write(TRAIN + "\n    if __name__ == '__main__':\n        print(train())\n")
        done = program.run("lr=5", command=("-m", *tool.split(), "train.py"), input="q\n")
        assert "5\n" in done.out, done

    def test_a_program_that_loads_ours_late_reads_them(self, program):
        program.write(TRAIN, "jobs.py")
        program.write("def go():\n    from jobs import train\n    print(train())\n", "runner.py")
        program.write("from runner import go\ngo()\n")
        assert program.run("lr=5").out == "5\n"

    def test_an_embedding_program_has_no_file_of_its_own(self, program):
        program.write(TRAIN, "app.py")
        program.write("""
            import sys
            del sys.modules['__main__'].__file__
            sys.argv[:] = ['blender', '--background', 'scene']
            import app
            print(app.train())
        """)
        done = program.run()
        assert (done.code, done.out) == (0, "0.1\n"), done


class TestMistakes:
    def test_in_a_thread_they_are_raised(self, program):
        """As streamlit runs a script: `sys.argv` is the script's."""
        program.write(TRAIN, "app.py")
        program.write("""
            import threading
            from app import train

            def work():
                try:
                    train()
                except Exception as error:
                    print(type(error).__name__)

            thread = threading.Thread(target=work)
            thread.start()
            thread.join()
        """)
        done = program.run("lrr")
        assert (done.code, done.out) == (0, "UnknownViewError\n"), done

    def test_in_a_plain_server_they_are_raised(self, program):
        program.write(TRAIN, "app.py")
        program.write("""
            import http.server, threading, urllib.error, urllib.request
            from app import train

            class Handler(http.server.BaseHTTPRequestHandler):
                def do_GET(self):
                    try:
                        text = str(train())
                    except Exception as error:
                        text = type(error).__name__
                    self.send_response(200)
                    self.end_headers()
                    self.wfile.write(text.encode())

                def log_message(self, *args):
                    pass

            def ask():
                for _ in range(2):
                    url = f'http://127.0.0.1:{server.server_address[1]}/'
                    print(urllib.request.urlopen(url).read().decode())
                server.shutdown()

            server = http.server.HTTPServer(('127.0.0.1', 0), Handler)
            threading.Thread(target=ask).start()
            server.serve_forever()
        """)
        done = program.run("--port", "80")
        assert (done.code, done.out) == (0, "TokenError\nTokenError\n"), done

    def test_in_a_program_they_end_it(self, program):
        program.write(TRAIN + "\n    train()\n")
        assert program.run("--port", "80").fails_with("unknown option '--port'")

    def test_in_an_asynchronous_program_they_end_it(self, program):
        program.write("""
            import asyncio, sys
            from ato_scope import Scope

            scope = Scope()

            @scope
            async def train(config):
                pass

            loop = asyncio.get_event_loop_policy().new_event_loop()
            try:
                loop.run_until_complete(train())
            finally:
                loop.close()  # else Python 3.8 may complain of it at the end
        """)
        assert program.run("lrr").fails_with("unknown view 'lrr'")


POOL = """
    import multiprocessing, sys
    import app

    def work(_):
        return app.train()

    if __name__ == '__main__':
        with multiprocessing.get_context(sys.argv.pop()).Pool(1) as pool:
            try:
                print(pool.map(work, [0]))
            except Exception as error:
                print(type(error).__name__)
"""


@pytest.mark.skipif(os.name == "nt", reason="no fork")
@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_a_mistake_in_a_worker_of_a_pool_is_an_exception(program, start):
    """A worker that ends leaves its pool waiting for ever."""
    program.write(TRAIN, "app.py").write(POOL)
    assert run(program, "lr=5", start).out == "[5]\n"
    assert run(program, "lr=x", start).out == "ExpressionError\n"
