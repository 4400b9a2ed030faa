// Checkpoints for Python: from pickled values to objects, for taeda/serialization.py.
#include "taeda/io/checkpoint.h"

#include "bind.h"

namespace taeda::python {

namespace {

using io::PickleValue;
using Kind = PickleValue::Kind;

constexpr int kMostDepth = 2000;

// Builds what a pickle says, with the functions that Python gives for everything that is more than
// data: `find(module, name)` gives a global or raises, `persistent(id)` a storage, `make(cls,
// args)` a new object, `update(object, state)` sets its state.
class Builder {
 public:
  Builder(const io::Pickle& p, nb::callable find, nb::callable persistent, nb::callable make,
          nb::callable update)
      : find_(std::move(find)),
        persistent_(std::move(persistent)),
        make_(std::move(make)),
        update_(std::move(update)),
        done_(p.values.size()),
        open_(p.values.size()) {}

  nb::object build(const PickleValue& v) {
    nb::object& known = done_[v.number];
    if (known.is_valid()) return known;
    if (depth_ >= kMostDepth) fail("values are nested more than ", kMostDepth, " deep");
    if (open_[v.number]) fail("a value is inside itself where it cannot be");
    open_[v.number] = true;
    depth_++;
    nb::object out = fresh(v);
    depth_--;
    return out;
  }

 private:
  nb::object keep(const PickleValue& v, PyObject* o) {
    if (!o) throw nb::python_error();
    return done_[v.number] = nb::steal(o);
  }
  nb::object keep(const PickleValue& v, nb::object o) { return done_[v.number] = std::move(o); }

  nb::object fresh(const PickleValue& v) {
    const std::string& s = v.text;
    auto size = Py_ssize_t(s.size());
    switch (v.kind) {
    case Kind::none: return keep(v, nb::none());
    case Kind::boolean: return keep(v, PyBool_FromLong(v.integer != 0));
    case Kind::integer: return keep(v, PyLong_FromLongLong(v.integer));
    case Kind::big_integer:
      return keep(v, nb::handle(reinterpret_cast<PyObject*>(&PyLong_Type))
                         .attr("from_bytes")(nb::bytes(s.data(), s.size()), "little",
                                             nb::arg("signed") = true));
    case Kind::real: return keep(v, PyFloat_FromDouble(v.real));
    case Kind::string: return keep(v, PyUnicode_DecodeUTF8(s.data(), size, "surrogatepass"));
    case Kind::bytes: return keep(v, PyBytes_FromStringAndSize(s.data(), size));
    case Kind::bytearray: return keep(v, PyByteArray_FromStringAndSize(s.data(), size));
    case Kind::list: {
      nb::object list = keep(v, PyList_New(0));
      for (auto* item : v.items)
        if (PyList_Append(list.ptr(), build(*item).ptr())) throw nb::python_error();
      return list;
    }
    case Kind::tuple: {
      nb::object tuple = nb::steal(PyTuple_New(Py_ssize_t(v.items.size())));
      if (!tuple.is_valid()) throw nb::python_error();
      for (size_t i = 0; i < v.items.size(); i++)
        PyTuple_SET_ITEM(tuple.ptr(), Py_ssize_t(i), build(*v.items[i]).release().ptr());
      return keep(v, std::move(tuple));
    }
    case Kind::set:
    case Kind::frozenset: {
      nb::object set = nb::steal(PySet_New(nullptr));
      if (v.kind == Kind::set) keep(v, set);
      for (auto* item : v.items)
        if (PySet_Add(set.ptr(), build(*item).ptr())) throw nb::python_error();
      return v.kind == Kind::set ? set : keep(v, PyFrozenSet_New(set.ptr()));
    }
    case Kind::dict: {
      nb::object dict = keep(v, PyDict_New());
      entries(dict, v.items);
      return dict;
    }
    case Kind::global: {
      size_t blank = s.find(' ');
      return keep(v, find_(s.substr(0, blank), s.substr(blank + 1)));
    }
    case Kind::persistent: return keep(v, persistent_(build(*v.items[0])));
    case Kind::call:
    case Kind::make: break;
    }
    // Only what find() gave is called: never an object that the file made.
    if (v.items[0]->kind != Kind::global) fail("Trying to call something that is no global");
    nb::object callable = build(*v.items[0]), args = build(*v.items[1]);
    nb::object out =
        keep(v, v.kind == Kind::make ? make_(callable, args)
                                     : nb::steal(PyObject_CallObject(callable.ptr(), args.ptr())));
    if (!out.is_valid()) throw nb::python_error();
    if (v.after) after(out, *v.after);
    return out;
  }

  void entries(nb::handle to, const std::vector<PickleValue*>& items) {
    for (size_t i = 0; i + 1 < items.size(); i += 2) {
      nb::object key = build(*items[i]), value = build(*items[i + 1]);
      if (PyObject_SetItem(to.ptr(), key.ptr(), value.ptr())) throw nb::python_error();
    }
  }
  void after(const nb::object& o, const PickleValue::After& a) {
    const char* type = Py_TYPE(o.ptr())->tp_name;
    if (!a.appended.empty() && !PyList_Check(o.ptr()))
      fail("Can only append to lists, but got ", std::string_view(type));
    for (auto* item : a.appended)
      if (PyList_Append(o.ptr(), build(*item).ptr())) throw nb::python_error();
    if (!a.entries.empty() && !PyDict_Check(o.ptr()))
      fail("Can only SETITEMS for dict, collections.OrderedDict, collections.Counter, but got ",
           std::string_view(type));
    entries(o, a.entries);
    for (auto* state : a.states) update_(o, build(*state));
  }

  nb::callable find_, persistent_, make_, update_;
  std::vector<nb::object> done_;
  std::vector<bool> open_;
  int depth_ = 0;
};

struct Reader {
  nb::object owner;  // of the bytes that are read
  std::unique_ptr<io::CheckpointReader> reader;
};
std::string path_of(const nb::bytes& path) { return {path.c_str(), path.size()}; }

}  // namespace

void define_checkpoint(nb::module_& io) {
  nb::class_<Reader>(io, "CheckpointReader")
      .def("legacy", [](const Reader& r) { return r.reader->legacy(); })
      .def("pickle_bytes",
           [](const Reader& r) {
             auto& b = r.reader->pickle_bytes();
             return nb::bytes(b.data(), b.size());
           })
      .def("storage",
           [](Reader& r, const std::string& key, int64_t item, int64_t numel) {
             nb::gil_scoped_release release;
             return r.reader->storage(key, size_t(item), numel);
           })
      .def("records", [](const Reader& r) { return r.reader->records(); })
      .def("globals",
           [](const Reader& r) {
             std::vector<std::string> out;
             for (auto& v : r.reader->pickle().values)
               if (v.kind == Kind::global) out.push_back(v.text);
             return out;
           })
      .def("build", [](const Reader& r, nb::callable find, nb::callable persistent,
                       nb::callable make, nb::callable update) {
        const io::Pickle& p = r.reader->pickle();
        return Builder(p, find, persistent, make, update).build(*p.root);
      });
  io.def("open_checkpoint", [](const nb::bytes& path, bool mmap) {
    std::string p = path_of(path);
    nb::gil_scoped_release release;
    auto reader = std::make_unique<io::CheckpointReader>(p, io::LoadOptions{mmap});
    return Reader{{}, std::move(reader)};
  });
  io.def("parse_checkpoint", [](const nb::bytes& data) {
    auto reader = std::make_unique<io::CheckpointReader>(
        io::ByteView(reinterpret_cast<const uint8_t*>(data.c_str()), data.size()));
    return Reader{data, std::move(reader)};
  });
  io.def("archive_folder", &io::archive_folder);
  io.def("dtype_of_storage", [](const std::string& name) -> nb::object {
    auto d = io::dtype_of_storage(name);
    return d ? nb::borrow(dtype_objects[int(*d)]) : nb::none();
  });
  io.def("storage_of_dtype", [](nb::handle dtype) {
    auto d = dtype_of_object(dtype.ptr());
    if (!d) fail<TypeError>("expected a torch.dtype");
    return io::storage_of_dtype(*d);
  });
  io.def("save_checkpoint",
         [](const nb::bytes& path, const nb::bytes& pickle, const std::vector<Tensor>& storages) {
           std::string p = path_of(path);
           io::ByteView bytes(reinterpret_cast<const uint8_t*>(pickle.c_str()), pickle.size());
           nb::gil_scoped_release release;
           io::AtomicFile file(p);
           io::write_checkpoint([&](io::ByteView b) { file.write(b); }, io::archive_folder(p),
                                bytes, storages);
           file.commit();
         });
  io.def("write_checkpoint",
         [](nb::callable write, const nb::bytes& pickle, const std::vector<Tensor>& storages) {
           io::ByteView bytes(reinterpret_cast<const uint8_t*>(pickle.c_str()), pickle.size());
           io::write_checkpoint(
               [&](io::ByteView b) {
                 nb::object view = nb::steal(PyMemoryView_FromMemory(
                     const_cast<char*>(reinterpret_cast<const char*>(b.data())),
                     Py_ssize_t(b.size()), PyBUF_READ));
                 write(view);
                 view.attr("release")();  // nobody may keep it
               },
               "archive", bytes, storages);
         });
}

}  // namespace taeda::python
