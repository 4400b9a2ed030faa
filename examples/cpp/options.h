// Options of a command line, with their defaults: --epochs 20.
#pragma once
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <sstream>
#include <string>
#include <variant>

// Where an option's value goes; what is there before is the default.
using Option = std::variant<int64_t*, double*, std::string*>;

// Reads `--name value` pairs into `options`. Ends the program with the usage on --help, and with a
// message on what it does not understand.
inline void parse_options(int argc, char** argv, const std::string& about,
                          const std::map<std::string, Option>& options) {
  std::ostringstream usage;
  usage << about << "\nusage: " << argv[0];
  for (auto& [name, option] : options)
    std::visit([&, &name = name](auto* value) { usage << " [--" << name << " " << *value << "]"; },
               option);
  auto refuse = [&](const std::string& problem) {
    std::fprintf(stderr, "%s\n%s\n", usage.str().c_str(), problem.c_str());
    std::exit(2);
  };
  for (int i = 1; i < argc; i += 2) {
    const std::string name = argv[i];
    if (name == "--help" || name == "-h") std::printf("%s\n", usage.str().c_str()), std::exit(0);
    auto found = name.starts_with("--") ? options.find(name.substr(2)) : options.end();
    if (found == options.end()) refuse("unknown option " + name);
    if (i + 1 == argc) refuse(name + " wants a value");
    const char* text = argv[i + 1];
    char* end = nullptr;
    if (auto whole = std::get_if<int64_t*>(&found->second)) **whole = std::strtoll(text, &end, 10);
    else if (auto real = std::get_if<double*>(&found->second)) **real = std::strtod(text, &end);
    else *std::get<std::string*>(found->second) = text;
    if (end && (end == text || *end)) refuse(name + " must be a number, not " + text);
  }
}
