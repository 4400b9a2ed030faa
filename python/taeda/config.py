"""Where the installed C++ library is, for programs built against it.

cmake -DCMAKE_PREFIX_PATH="$(python -m taeda.config --prefix)" ...     # find_package(taeda)
c++ $(python -m taeda.config --cflags) main.cpp $(python -m taeda.config --libs)
"""

import argparse
import os


def prefix() -> str:
    """The folder holding include/ and lib/; on CMAKE_PREFIX_PATH, find_package(taeda) works."""
    return os.path.dirname(os.path.abspath(__file__))


def include_dir() -> str:
    """The folder to put on the include path."""
    return os.path.join(prefix(), "include")


def lib_dir() -> str:
    """The folder of libtaeda.so."""
    return os.path.join(prefix(), "lib")


def cmake_dir() -> str:
    """The folder of taeda-config.cmake, for -Dtaeda_DIR."""
    return os.path.join(lib_dir(), "cmake", "taeda")


def cflags() -> str:
    """Compiler options for a program that uses Taeda."""
    return f"-std=c++20 -I{include_dir()}"


def libs() -> str:
    """Linker options for a program that uses Taeda, which then also finds it when it runs."""
    return f"-L{lib_dir()} -ltaeda -Wl,-rpath,{lib_dir()} -pthread"


def main() -> None:
    answers = {
        "--prefix": prefix,
        "--include-dir": include_dir,
        "--lib-dir": lib_dir,
        "--cmake-dir": cmake_dir,
        "--cflags": cflags,
        "--libs": libs,
    }
    parser = argparse.ArgumentParser(
        prog="python -m taeda.config",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    group = parser.add_mutually_exclusive_group(required=True)
    for option, answer in answers.items():
        group.add_argument(
            option, dest="answer", action="store_const", const=answer, help=answer.__doc__
        )
    print(parser.parse_args().answer())


if __name__ == "__main__":
    main()
