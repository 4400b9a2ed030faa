#include "taeda/autograd/gradcheck.h"

#include <cmath>

#include "taeda/autograd/borrowed.h"
#include "taeda/autograd/function.h"
#include "taeda/random/generator.h"

namespace taeda {

namespace {

using Numbers = std::vector<double>;
using Matrix = std::vector<Numbers>;  // input components by output components

// f(element) for every element in reading order, as T*.
template <class T, class F> void each_element(const Tensor& x, F&& f) {
  const Dims &sizes = x.sizes(), &strides = x.strides();
  Dims at(sizes.size(), 0);
  T* p = x.data<T>();
  for (int64_t n = x.numel(); n > 0; n--) {
    f(p);
    for (size_t k = sizes.size(); k-- > 0;) {
      p += strides[k];
      if (++at[k] < sizes[k]) break;
      p -= strides[k] * sizes[k], at[k] = 0;
    }
  }
}

// The real numbers of a tensor; re, im, re, im for a complex one.
Numbers components(const Tensor& x) {
  Numbers out;
  NoGradGuard raw;
  if (is_complex(x.dtype()))
    each_element<std::complex<double>>(borrowed::cast(x, DType::complex128), [&](auto* z) {
      out.push_back(z->real()), out.push_back(z->imag());
    });
  else
    each_element<double>(borrowed::cast(x, DType::float64), [&](double* v) { out.push_back(*v); });
  return out;
}
size_t component_count(const Tensor& x) {
  return size_t(x.numel()) * (is_complex(x.dtype()) ? 2 : 1);
}
// f(value, set) for every component of x, in the order of components().
template <class F> void each_component(const Tensor& x, F&& f) {
  visit(x.dtype(), [&]<class T>() {
    if constexpr (is_complex_type<T>) {
      using R = typename T::value_type;
      each_element<T>(x, [&](T* z) {
        f(double(z->real()), [z](double v) { *z = T(R(v), z->imag()); });
        f(double(z->imag()), [z](double v) { *z = T(z->real(), R(v)); });
      });
    } else if constexpr (can_have_gradient(dtype_of<T>)) {
      using Wide = std::conditional_t<sizeof(T) == 2, float, T>;
      each_element<T>(x, [&](T* v) { f(double(Wide(*v)), [v](double n) { *v = T(Wide(n)); }); });
    }
  });
}

std::string text(const Matrix& rows) {
  std::string out = "[";
  for (const Numbers& row : rows) out += (&row == &rows[0] ? "" : ", ") + taeda::text(row);
  return out + "]";
}

TensorList differentiable(const TensorList& all) {
  TensorList out;
  for (const Tensor& t : all)
    if (t.defined() && t.requires_grad()) out.push_back(t);
  return out;
}

// Keeps gradients from reaching its inputs: they stay undefined.
struct Cut : autograd::Function<Cut> {
  static TensorList forward(AutogradContext*, const TensorList& in) {
    TensorList out;
    for (const Tensor& t : in) out.push_back(borrowed::clone(t));
    return out;
  }
  static TensorList backward(AutogradContext*, const TensorList& grads) {
    return TensorList(grads.size());
  }
};

class Check {
 public:
  Check(const GradcheckFunction& f, const TensorList& inputs, const GradcheckOptions& o)
      : f_(f), inputs_(inputs), o_(o) {
    for (size_t i = 0; i < inputs.size(); i++) {
      const Tensor& x = inputs[i];
      if (!x.defined() || !x.requires_grad()) continue;
      if (x.dtype() != DType::float64 && x.dtype() != DType::complex128)
        warn("Input #" + std::to_string(i) +
             " requires gradient and is not a double precision floating point or complex. This "
             "check will likely fail if all the inputs are not of double precision floating point "
             "or complex. ");
      for (size_t k = 0; k < x.sizes().size(); k++)
        if (x.strides()[k] == 0 && x.sizes()[k] > 1)
          fail(
              "The ", i,
              "th input has a dimension with stride 0. gradcheck only supports inputs that are "
              "non-overlapping to be able to compute the numerical gradients correctly. You should "
              "call .contiguous on the input before passing it to gradcheck.");
      wanted_.push_back(x);
      places_.push_back(i);
    }
    if (wanted_.empty())
      fail<ValueError>(
          "gradcheck expects at least one input tensor to require gradient, but none of the them "
          "have requires_grad=True.");
  }

  void run() {
    TensorList results = f_(inputs_);
    std::vector<size_t> which;
    for (size_t i = 0; i < results.size(); i++)
      if (results[i].defined() && results[i].requires_grad()) which.push_back(i);
    if (which.empty()) return expect_constant(results.size());
    std::vector<std::vector<Matrix>> numerical;  // by input, by output
    for (const Tensor& x : wanted_) numerical.push_back(differences(x, which));
    for (size_t o = 0; o < which.size(); o++) {
      bool differs = false;
      std::vector<Matrix> analytical = jacobian(results[which[o]], differs);
      for (size_t k = 0; k < wanted_.size(); k++)
        if (!close(analytical[k], numerical[k][o]))
          fail<GradcheckError>("Jacobian mismatch for output ", o, " with respect to input ",
                               places_[k], ",\nnumerical:", text(numerical[k][o]),
                               "\nanalytical:", text(analytical[k]), "\n");
      if (differs)
        fail<GradcheckError>(
            "Backward is not reentrant, i.e., running backward with same input and grad_output "
            "multiple times gives different values, although analytical gradient matches numerical "
            "gradient.The tolerance for nondeterminism was ",
            o_.nondet_tol, ".");
    }
  }

  void undefined_gradients() {
    TensorList outputs = differentiable(f_(inputs_));
    if (outputs.empty()) return;
    TensorList cut = Cut::apply(outputs), seeds;
    for (const Tensor& c : cut) seeds.push_back(borrowed::ones_like(c));
    for (const Tensor& g : grad(cut, wanted_, seeds, {}, true))
      if (g.defined())
        for (double v : components(g))
          if (v != 0)
            fail<GradcheckError>(
                "Expected all input grads to be undefined or zero when all output grads are "
                "undefined or zero.");
  }

 private:
  // The change of each output's components with each component of x, divided by 2 eps.
  std::vector<Matrix> differences(const Tensor& x, const std::vector<size_t>& which) {
    std::vector<Matrix> out(which.size());
    auto values = [&] {
      TensorList results = f_(inputs_);
      Matrix m;
      for (size_t i : which) m.push_back(components(results.at(i)));
      return m;
    };
    each_component(x, [&](double value, auto set) {
      set(value - o_.eps);
      Matrix low = values();
      set(value + o_.eps);
      Matrix high = values();
      set(value);
      for (size_t o = 0; o < which.size(); o++) {
        Numbers row;
        for (size_t i = 0; i < low[o].size(); i++)
          row.push_back((high[o][i] - low[o][i]) / (2 * o_.eps));
        out[o].push_back(std::move(row));
      }
    });
    return out;
  }

  // The gradients of each component of `output`, twice: `differs` if the two are not the same.
  std::vector<Matrix> jacobian(const Tensor& output, bool& differs) {
    std::vector<Matrix> out;
    for (const Tensor& x : wanted_) out.push_back(Matrix(component_count(x)));
    Tensor seed = borrowed::zeros(output.sizes(), output.dtype(), output.device());
    each_component(seed, [&](double, auto set) {
      set(1);
      TensorList first = gradients(output, seed), second = gradients(output, seed);
      set(0);
      for (size_t k = 0; k < wanted_.size(); k++) {
        Numbers a = column(first[k], wanted_[k]), b = column(second[k], wanted_[k]);
        for (size_t i = 0; i < a.size(); i++) {
          differs |= !(std::abs(a[i] - b[i]) <= o_.nondet_tol) && !(a[i] != a[i] && b[i] != b[i]);
          out[k][i].push_back(a[i]);
        }
      }
    });
    return out;
  }
  TensorList gradients(const Tensor& output, const Tensor& seed) {
    return grad({output}, wanted_, {borrowed::clone(seed)}, {.retain_graph = true}, true);
  }
  static Numbers column(const Tensor& g, const Tensor& x) {
    if (!g.defined()) return Numbers(component_count(x));
    if (!(g.sizes() == x.sizes())) fail<GradcheckError>("Analytical gradient has incorrect size");
    return components(is_complex(x.dtype()) ? borrowed::cast(g, x.dtype()) : g);
  }

  bool close(const Matrix& got, const Matrix& want) const {
    for (size_t r = 0; r < got.size(); r++)
      for (size_t c = 0; c < got[r].size(); c++) {
        double a = got[r][c], n = want[r][c];
        bool same = a == n || (a != a && n != n);
        if (!same && !(std::abs(a - n) <= o_.atol + o_.rtol * std::abs(n))) return false;
      }
    return true;
  }

  void expect_constant(size_t outputs) {
    std::vector<size_t> all(outputs);
    for (size_t i = 0; i < outputs; i++) all[i] = i;
    for (const Tensor& x : wanted_)
      for (const Matrix& m : differences(x, all))
        for (const Numbers& row : m)
          for (double v : row)
            if (std::abs(v) > o_.atol)
              fail<GradcheckError>("Numerical gradient for function expected to be zero");
  }

  const GradcheckFunction& f_;
  const TensorList& inputs_;
  const GradcheckOptions& o_;
  TensorList wanted_;           // the inputs that are checked
  std::vector<size_t> places_;  // of these among the inputs
};

// Uniform in [-1, 1), the same numbers at every call.
Tensor random_like(const Tensor& x, Stream& stream) {
  Tensor out = borrowed::zeros(x.sizes(), x.dtype(), x.device());
  each_component(out, [&](double, auto set) { set(2 * stream.unit() - 1); });
  return out.requires_grad_();
}

}  // namespace

bool gradcheck_list(const GradcheckFunction& f, const TensorList& inputs,
                    const GradcheckOptions& o) {
  EnableGradGuard on;
  Check check(f, inputs, o);
  try {
    check.run();
    if (o.check_undefined_grad) check.undefined_gradients();
  } catch (const GradcheckError&) {
    if (o.raise_exception) throw;
    return false;
  }
  return true;
}

bool gradgradcheck_list(const GradcheckFunction& f, const TensorList& inputs,
                        const TensorList& grad_outputs, const GradcheckOptions& o) {
  EnableGradGuard on;
  TensorList all = inputs;
  if (grad_outputs.empty()) {
    Stream stream(0);
    for (const Tensor& out : differentiable(f(inputs))) all.push_back(random_like(out, stream));
  } else {
    all.insert(all.end(), grad_outputs.begin(), grad_outputs.end());
  }
  size_t count = inputs.size();
  auto gradient = [&f, count](const TensorList& args) {
    TensorList ins(args.begin(), args.begin() + std::ptrdiff_t(count));
    TensorList outs(args.begin() + std::ptrdiff_t(count), args.end()), found;
    for (Tensor& g : grad(differentiable(f(ins)), differentiable(ins), outs,
                          {.retain_graph = true, .create_graph = true}, true))
      if (g.defined()) found.push_back(std::move(g));
    return found;
  };
  return gradcheck_list(gradient, all, o);
}

}  // namespace taeda
