// The text that the language models learn, character by character.
#pragma once
#include <taeda/taeda.h>

#include <fstream>
#include <iterator>
#include <set>
#include <string>

#ifndef TALE  // where the tale is; CMakeLists.txt says so
#define TALE "examples/tale.txt"
#endif

// A text as numbers: `codes` int64 [N] are the places of its characters in `alphabet`.
struct Text {
  std::string alphabet;
  taeda::Tensor codes;

  explicit Text(const std::string& path) {
    std::ifstream file(path);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    if (text.empty()) {
      std::fprintf(stderr, "no text in %s\n", path.c_str());
      std::exit(1);
    }
    const std::set<char> different(text.begin(), text.end());
    alphabet.assign(different.begin(), different.end());
    codes = encode(text);
  }

  taeda::Tensor encode(const std::string& text) const {
    std::vector<int64_t> out;
    for (char c : text) out.push_back(int64_t(alphabet.find(c)));
    return taeda::tensor(out);
  }
  std::string decode(const taeda::Tensor& codes) const {
    std::string out;
    for (int64_t i = 0; i < codes.size(0); i++) out += alphabet[codes[i].item<size_t>()];
    return out;
  }

  // Random pieces [size, length], and the same pieces one character further on.
  std::pair<taeda::Tensor, taeda::Tensor> batch(int64_t size, int64_t length) const {
    auto start = taeda::randint(codes.size(0) - length, {size, 1});
    auto pieces = codes[start + taeda::arange(length + 1)];
    return {pieces.narrow(1, 0, length), pieces.narrow(1, 1, length)};
  }
};
