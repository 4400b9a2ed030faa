// PyTorch's checkpoint files (.pt, .pth): an archive of a pickle and of storages. Reading one runs
// no code. Both the archives of PyTorch 1.6 and later and the older files are read.
#pragma once
#include <map>
#include <memory>
#include <optional>

#include "taeda/io/pickle.h"
#include "taeda/io/safetensors.h"
#include "taeda/io/zip.h"

namespace taeda::io {

// Saves tensors by name as a state dict, which torch.load() reads. Tensors that share memory still
// do so after loading. The file appears under its name only when it is whole. Throws FileError;
// ValueError for a name that occurs twice, is not UTF-8, or an undefined tensor.
TAEDA_API void save(const std::string& path, const NamedTensors& state);

struct LoadOptions {
  bool mmap = false;  // the elements stay in the file until they are used; changes do not reach it
};
// The tensors of a checkpoint, in its order. A state dict gives its own names; in nested dicts,
// lists and tuples the names of the levels are joined with dots: "model.fc1.weight",
// "optimizer.state.0.exp_avg". Other values are left out. Parameters require gradients. Throws
// FileError, and Error for damaged files and tensors of kinds that Taeda lacks.
TAEDA_API NamedTensors load(const std::string& path, LoadOptions o = {});

// A tensor on the memory below `bytes`, a whole storage as uint8 [n]. Throws where it would lie
// outside.
TAEDA_API Tensor tensor_on_bytes(const Tensor& bytes, DType dtype, const Geometry& g);

// The dtype of a storage class, "FloatStorage"; uint8 for "UntypedStorage"; nothing for others.
TAEDA_API std::optional<DType> dtype_of_storage(std::string_view class_name);
TAEDA_API std::string storage_of_dtype(DType d);  // "UntypedStorage" where there is no other

// An open checkpoint. Whatever the file says, nothing is read outside of it and no more memory is
// taken than it is large.
class TAEDA_API CheckpointReader {
 public:
  explicit CheckpointReader(const std::string& path, LoadOptions o = {});
  explicit CheckpointReader(ByteView bytes);  // borrowed, must outlive the reader
  ~CheckpointReader();

  bool legacy() const { return !zip_; }  // a file from before PyTorch 1.6
  const Pickle& pickle() const { return pickle_; }
  const Bytes& pickle_bytes() const { return pickle_bytes_; }
  // A storage of `numel` elements of `item` bytes as uint8 [numel * item]; the same memory whenever
  // the key is asked for.
  Tensor storage(const std::string& key, size_t item, int64_t numel);
  std::vector<std::string> records() const;  // names of the archive's members, without its folder
  Bytes record(const std::string& name) const;

 private:
  struct Mapping;
  struct Place {  // of a storage in an older file
    uint64_t offset, numel;
  };
  void open();
  void open_zip();
  void open_legacy();
  const ZipMember* find(const std::string& name) const;
  ByteView mapped() const;

  std::shared_ptr<Mapping> mapping_;  // where the file is mapped
  std::unique_ptr<ByteSource> source_;
  std::unique_ptr<ZipReader> zip_;
  std::string folder_;  // of the archive, with the slash
  bool swap_ = false;   // elements are big-endian
  Pickle pickle_;
  Bytes pickle_bytes_;
  std::map<std::string, Place, std::less<>> places_;
  std::map<std::string, Tensor, std::less<>> storages_;
};

// Writes an archive as torch.save does: the pickle, then the storages "0", "1", .. (uint8 [n]).
TAEDA_API void write_checkpoint(const ZipWriter::Sink& sink, const std::string& folder,
                                ByteView pickle, const TensorList& storages);
// The name of the folder in the archive: that of the file without its extension.
TAEDA_API std::string archive_folder(const std::string& path);

}  // namespace taeda::io
