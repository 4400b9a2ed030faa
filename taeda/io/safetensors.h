// The safetensors format: tensors by name in one file that holds numbers only, so that reading a
// stranger's file runs no code. A JSON header (names, dtypes, shapes, places), then the elements,
// row-major and little-endian. Complex128 has no place in the format.
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "taeda/io/file.h"
#include "taeda/tensor/tensor.h"

namespace taeda::io {

using NamedTensors = std::vector<std::pair<std::string, Tensor>>;
using Metadata = std::vector<std::pair<std::string, std::string>>;

// Saves the values of `tensors`; views, shared memory and other devices are copied out, gradients
// are not kept. `metadata` is free text by name. The file appears under its name only when it is
// whole. Throws FileError; ValueError for a name that occurs twice, is "__metadata__" or is not
// UTF-8; TypeError for a dtype the format lacks.
TAEDA_API void save_safetensors(const std::string& path, const NamedTensors& tensors,
                                const std::optional<Metadata>& metadata = {});
// The bytes of such a file.
TAEDA_API Bytes write_safetensors(const NamedTensors& tensors,
                                  const std::optional<Metadata>& metadata = {});

// What a file says about one tensor.
struct StoredTensor {
  std::string name;
  DType dtype;
  Dims sizes;
  uint64_t begin, end;  // bytes, counted from the end of the header
};

// An open safetensors file. The constructor reads and checks the header: whatever it says, nothing
// is read outside the file and no more memory is taken than the file is large. Throws taeda::Error
// with the file's name.
class TAEDA_API SafetensorsReader {
 public:
  explicit SafetensorsReader(const std::string& path);
  explicit SafetensorsReader(ByteView bytes);  // borrowed, must outlive the reader

  const std::vector<StoredTensor>& tensors() const { return tensors_; }  // in the header's order
  const std::optional<Metadata>& metadata() const { return metadata_; }
  const StoredTensor* find(std::string_view name) const;  // null if there is none
  Tensor read(const StoredTensor& t) const;               // a new tensor on the CPU

 private:
  void read_bytes(uint64_t offset, std::span<uint8_t> to) const;
  void open(uint64_t size);
  void parse(std::string_view header, uint64_t data_size);

  std::variant<InputFile, ByteView> source_;
  uint64_t data_at_ = 0;
  std::vector<StoredTensor> tensors_;
  std::vector<uint32_t> by_name_;  // indices into tensors_
  std::optional<Metadata> metadata_;
};

struct SafetensorsContent {
  NamedTensors
      tensors;  // in the header's order, which is the order they were given in to our writer
  std::optional<Metadata> metadata;
};
TAEDA_API SafetensorsContent load_safetensors(const std::string& path);

}  // namespace taeda::io
