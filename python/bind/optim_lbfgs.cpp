// L-BFGS for Python: its state lies in the dict that PyTorch's checkpoints have.
#include "bind.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/ops/views.h"
#include "taeda/optim/lbfgs.h"

namespace taeda::python {

namespace {

using optim::LBFGS;

nb::object item(const nb::dict& d, const char* key) {
  return d.contains(key) ? nb::object(d[key]) : nb::object();
}
double number(nb::handle o) {
  if (is_tensor(o.ptr())) return tensor_of(o.ptr()).item<double>();
  return nb::cast<double>(o);
}
Tensor tensor(nb::handle o, const char* key) {
  if (!is_tensor(o.ptr()))
    fail<TypeError>("LBFGS: the state '", key, "' must be a Tensor, but is ",
                    Py_TYPE(o.ptr())->tp_name);
  return tensor_of(o.ptr());
}

LBFGS::Options options_from(const nb::dict& group) {
  LBFGS::Options o;
  o.lr = number(group["lr"]);
  o.max_iter = nb::cast<int64_t>(group["max_iter"]);
  if (!group["max_eval"].is_none()) o.max_eval = nb::cast<int64_t>(group["max_eval"]);
  o.tolerance_grad = number(group["tolerance_grad"]);
  o.tolerance_change = number(group["tolerance_change"]);
  o.history_size = nb::cast<int64_t>(group["history_size"]);
  nb::object search = group["line_search_fn"];
  o.strong_wolfe = !search.is_none();
  if (o.strong_wolfe && !search.equal(nb::str("strong_wolfe")))
    fail("only 'strong_wolfe' is supported");
  return o;
}

LBFGS::State state_from(const nb::dict& d) {
  LBFGS::State s;
  if (nb::object o = item(d, "func_evals"); o.is_valid()) s.func_evals = int64_t(number(o));
  if (nb::object o = item(d, "n_iter"); o.is_valid()) s.n_iter = int64_t(number(o));
  if (s.n_iter == 0) return s;
  s.d = tensor(d["d"], "d");
  s.t = number(d["t"]);
  for (nb::handle x : nb::object(d["old_dirs"])) s.old_dirs.push_back(tensor(x, "old_dirs"));
  for (nb::handle x : nb::object(d["old_stps"])) s.old_stps.push_back(tensor(x, "old_stps"));
  for (nb::handle x : nb::object(d["ro"])) s.ro.push_back(number(x));
  if (s.old_stps.size() != s.old_dirs.size() || s.ro.size() != s.old_dirs.size())
    fail<ValueError>("LBFGS: the states 'old_dirs', 'old_stps' and 'ro' differ in length");
  s.H_diag = number(d["H_diag"]);
  s.prev_flat_grad = tensor(d["prev_flat_grad"], "prev_flat_grad");
  s.prev_loss = number(d["prev_loss"]);
  return s;
}

nb::object wrapped(const Tensor& t) { return nb::steal(wrap(t)); }

void write_state(const LBFGS::State& s, int64_t history, nb::dict d) {
  d["func_evals"] = s.func_evals;
  d["n_iter"] = s.n_iter;
  if (s.n_iter == 0) return;
  auto numbers = [&](const std::deque<double>& from) {
    nb::list out;
    for (double x : from) out.append(wrapped(scalar(x, s.d.dtype())));
    return out;
  };
  auto tensors = [&](const std::deque<Tensor>& from) {
    nb::list out;
    for (const Tensor& x : from) out.append(wrapped(x));
    return out;
  };
  d["d"] = wrapped(s.d);
  d["t"] = s.t;
  d["old_dirs"] = tensors(s.old_dirs);
  d["old_stps"] = tensors(s.old_stps);
  d["ro"] = numbers(s.ro);
  d["H_diag"] = wrapped(scalar(s.H_diag, s.d.dtype()));
  d["prev_flat_grad"] = wrapped(s.prev_flat_grad);
  d["prev_loss"] = s.prev_loss;
  if (s.al.empty()) return;
  nb::list al = numbers(s.al);  // as long as the history may become
  for (int64_t i = int64_t(s.al.size()); i < history; i++) al.append(nb::none());
  d["al"] = al;
}

nb::object step(const nb::dict& group, const nb::dict& kept, const nb::callable& closure) {
  LBFGS::Options options = options_from(group);
  LBFGS::State state = state_from(kept);
  TensorList params;
  for (nb::handle p : nb::object(group["params"])) params.push_back(tensor(p, "params"));
  nb::object first;  // what the closure gave at first, as it gave it
  optim::lbfgs_step(params, options, state, [&]() -> Tensor {
    nb::object loss = closure();
    if (!first.is_valid()) first = loss;
    return is_tensor(loss.ptr()) ? tensor_of(loss.ptr())
                                 : scalar(nb::cast<double>(loss), DType::float64);
  });
  write_state(state, options.history_size, kept);
  return first;
}

}  // namespace

void define_lbfgs(nb::module_& optim) { optim.def("lbfgs_step", step); }

}  // namespace taeda::python
