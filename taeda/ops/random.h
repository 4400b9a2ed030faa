// Random numbers: fills in place, factories, and samples drawn with probabilities that a tensor
// holds. For one seed they are PyTorch's on the CPU, bit for bit, in the order of the elements in
// memory. Each takes the generator it draws from; without one that is default_generator().
#pragma once
#include "taeda/op/op.h"
#include "taeda/ops/copying.h"
#include "taeda/ops/create.h"
#include "taeda/random/generator.h"

#define TAEDA_FAMILY Sampling
#pragma GCC visibility push(default)  // ops name exported templates

namespace taeda {
using GeneratorPtr = std::shared_ptr<Generator>;
}

namespace taeda::ops {
struct Sampling;

// ---- fills ----

// What the fills share: they replace every element, so nothing flows back to what was there before.
struct Filling {
  static constexpr bool own_kernel = true;
  template <class V, class A> TAEDA_HD static V apply(V x, const A&) { return x; }
  static Tensor backward(Grad g);
};

struct Uniform : Filling {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "Every element becomes a number drawn evenly from [from, to).",
                           .inplace_only = true,
                           .keyword_only = 1,
                           .scope = in_tensor};
  struct Attrs {
    double from = 0, to = 1;
    GeneratorPtr generator = {};
    TAEDA_FIELDS(from, to, generator)
  };
  static void check_attrs(const Tensor& self, const Attrs& a);
};
TAEDA_OP_WITHOUT_FUNCTIONS(uniform, Uniform)

struct Normal : Filling {
  static constexpr Def def{.inputs = {"input"},
                           .doc =
                               "Every element becomes a normal number of this mean and standard "
                               "deviation; of a complex one, each part has variance std ** 2 / 2.",
                           .inplace_only = true,
                           .keyword_only = 1,
                           .scope = in_tensor};
  struct Attrs {
    double mean = 0, std = 1;
    GeneratorPtr generator = {};
    TAEDA_FIELDS(mean, std, generator)
  };
  static void check_attrs(const Tensor& self, const Attrs& a);
};
TAEDA_OP_WITHOUT_FUNCTIONS(normal, Normal)

struct Random : Filling {
  static constexpr Def def{.inputs = {"input"},
                           .doc =
                               "Every element becomes a whole number from 0 to the greatest of its "
                               "dtype; of a floating one, the greatest before gaps appear.",
                           .inplace_only = true,
                           .keyword_only = 1,
                           .scope = in_tensor,
                           .backward_name = "RandomBackward2"};
  struct Attrs {
    GeneratorPtr generator = {};
    TAEDA_FIELDS(generator)
  };
  static void check_attrs(const Tensor& self, const Attrs& a);
};
TAEDA_OP_WITHOUT_FUNCTIONS(random, Random)

struct RandomRange : Filling {
  static constexpr Def def{
      .inputs = {"input"},
      .doc =
          "Every element becomes a whole number from [from, to); without `to`, "
          "up to the greatest that random_() gives.",
      .inplace_only = true,
      .required = 2,
      .keyword_only = 1,
      .scope = in_tensor,
      .backward_name = "RandomBackward0"};
  struct Attrs {
    int64_t from = 0;
    std::optional<int64_t> to = {};
    GeneratorPtr generator = {};
    TAEDA_FIELDS(from, to, generator)
  };
  static void check_attrs(const Tensor& self, const Attrs& a);
};
TAEDA_OP_WITHOUT_FUNCTIONS(random, RandomRange)

struct RandomTo : Filling {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "Every element becomes a whole number from [0, to).",
                           .inplace_only = true,
                           .required = 1,
                           .keyword_only = 1,
                           .scope = in_tensor,
                           .backward_name = "RandomBackward1"};
  struct Attrs {
    int64_t to = 0;
    GeneratorPtr generator = {};
    TAEDA_FIELDS(to, generator)
  };
  static void check_attrs(const Tensor& self, const Attrs& a);
};
TAEDA_OP_WITHOUT_FUNCTIONS(random, RandomTo)

struct Exponential : Filling {
  static constexpr Def def{.inputs = {"input"},
                           .doc =
                               "Every element becomes a number of density lambd * exp(-lambd * x), "
                               "x >= 0.",
                           .inplace_only = true,
                           .keyword_only = 1,
                           .scope = in_tensor};
  struct Attrs {
    double lambd = 1;
    GeneratorPtr generator = {};
    TAEDA_FIELDS(lambd, generator)
  };
  static void check_attrs(const Tensor& self, const Attrs& a);
};
TAEDA_OP_WITHOUT_FUNCTIONS(exponential, Exponential)

struct Geometric : Filling {
  static constexpr Def def{
      .inputs = {"input"},
      .doc =
          "Every element becomes the number of trials up to the first success, "
          "each of probability p.",
      .inplace_only = true,
      .required = 1,
      .keyword_only = 1,
      .scope = in_tensor};
  struct Attrs {
    double p = 0.5;
    GeneratorPtr generator = {};
    TAEDA_FIELDS(p, generator)
  };
  static void check_attrs(const Tensor& self, const Attrs& a);
};
TAEDA_OP_WITHOUT_FUNCTIONS(geometric, Geometric)

struct Cauchy : Filling {
  static constexpr Def def{.inputs = {"input"},
                           .doc =
                               "Every element becomes a number of density "
                               "sigma / (pi * (sigma ** 2 + (x - median) ** 2)).",
                           .inplace_only = true,
                           .keyword_only = 1,
                           .scope = in_tensor};
  struct Attrs {
    double median = 0, sigma = 1;
    GeneratorPtr generator = {};
    TAEDA_FIELDS(median, sigma, generator)
  };
  static void check_attrs(const Tensor& self, const Attrs& a);
};
TAEDA_OP_WITHOUT_FUNCTIONS(cauchy, Cauchy)

struct LogNormal : Filling {
  static constexpr Def def{.inputs = {"input"},
                           .doc =
                               "Every element becomes exp(x), x normal of this mean and standard "
                               "deviation.",
                           .inplace_only = true,
                           .keyword_only = 1,
                           .scope = in_tensor};
  struct Attrs {
    double mean = 1, std = 2;
    GeneratorPtr generator = {};
    TAEDA_FIELDS(mean, std, generator)
  };
  static void check_attrs(const Tensor& self, const Attrs& a);
};
TAEDA_OP_WITHOUT_FUNCTIONS(log_normal, LogNormal)

// ---- zeros and ones ----

struct BernoulliTensor {
  static constexpr Def def{
      .inputs = {"input", "p!"},
      .doc =
          "Every element becomes 1 with the probability that p, broadcast, has "
          "in its place, else 0.",
      .types = Types::own,
      .inplace_only = true,
      .keyword_only = 1,
      .scope = in_tensor,
      .backward_name = "BernoulliBackward1"};
  struct Attrs {
    GeneratorPtr generator = {};
    TAEDA_FIELDS(generator)
  };
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static GradsOf<2> backward(Grad g, Shape<1> p, Type<1> dtype, Needs need);
};
TAEDA_OP_WITHOUT_FUNCTIONS(bernoulli, BernoulliTensor)

struct Bernoulli : Filling {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "Every element becomes 1 with probability p, else 0.",
                           .inplace_only = true,
                           .keyword_only = 1,
                           .scope = in_tensor,
                           .backward_name = "BernoulliBackward2"};
  struct Attrs {
    double p = 0.5;
    GeneratorPtr generator = {};
    TAEDA_FIELDS(p, generator)
  };
  static void check_attrs(const Tensor& self, const Attrs& a);
};
TAEDA_OP_WITHOUT_FUNCTIONS(bernoulli, Bernoulli)

struct BernoulliSample {
  static constexpr Def def{.inputs = {"input"},
                           .doc =
                               "1 with the probability that input has in its place, or with "
                               "probability p if that is given; else 0. Of input's dtype.",
                           .types = Types::own,
                           .no_inplace = true,
                           .keyword_only = 1,
                           .backward_name = "BernoulliBackward0"};
  struct Attrs {
    std::optional<double> p = {};
    GeneratorPtr generator = {};
    TAEDA_FIELDS(p, generator)
  };
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static Tensor backward(Grad g);
};
TAEDA_OP(bernoulli, BernoulliSample)

struct DropoutMask {
  static constexpr Def def{.inputs = {"input"},
                           .doc =
                               "Of input's sizes, dtype and memory order: 1 / (1 - p) with "
                               "probability 1 - p, else 0.",
                           .types = Types::own,
                           .differentiable = false,
                           .required = 1,
                           .scope = 0};
  struct Attrs {
    double p = 0.5;
    GeneratorPtr generator = {};
    TAEDA_FIELDS(p, generator)
  };
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
};
TAEDA_OP(dropout_mask, DropoutMask)

// ---- samples ----

struct Multinomial {
  static constexpr Def def{
      .inputs = {"input"},
      .doc =
          "num_samples indices into input (m), or into each row of input "
          "(n, m), drawn with probabilities in proportion to its values; int64. "
          "Without replacement no index comes twice.",
      .types = Types::own,
      .differentiable = false,
      .required = 1,
      .keyword_only = 1};
  struct Attrs {
    int64_t num_samples = 1;
    bool replacement = false;
    GeneratorPtr generator = {};
    TAEDA_FIELDS(num_samples, replacement, generator)
  };
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
};
TAEDA_OP(multinomial, Multinomial)

struct Poisson {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "Numbers of the Poisson distributions whose rates input has.",
                           .types = Types::own,
                           .no_inplace = true};
  struct Attrs {
    GeneratorPtr generator = {};
    TAEDA_FIELDS(generator)
  };
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static Tensor backward(Grad g);
};
TAEDA_OP(poisson, Poisson)

// How gamma samples move with their shapes: the gradient of _standard_gamma. It has none itself, as
// in PyTorch; its caller refuses to need one.
struct StandardGammaGrad {
  static constexpr Def def{.inputs = {"shape", "sample"},
                           .doc = "The derivatives of gamma samples by their distribution's shape.",
                           .types = Types::own,
                           .differentiable = false,
                           .scope = 0};
  static Meta infer(Args in);
  static void cpu(Args in, Outs out, const NoFields&);
};
TAEDA_OP(standard_gamma_grad, StandardGammaGrad)

struct StandardGamma {
  static constexpr Def def{
      .inputs = {"input"},
      .doc = "Numbers of the gamma distributions whose shapes input has; their rates are 1.",
      .types = Types::own,
      .no_inplace = true};
  struct Attrs {
    GeneratorPtr generator = {};
    TAEDA_FIELDS(generator)
  };
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static Tensor backward(Grad g, In<0> shape, Out<0> sample);
};
TAEDA_OP(_standard_gamma, StandardGamma)

struct Binomial {
  static constexpr Def def{
      .inputs = {"count", "prob"},
      .doc = "Numbers of successes in count trials, each of probability prob; of one shape.",
      .types = Types::own,
      .no_inplace = true};
  struct Attrs {
    GeneratorPtr generator = {};
    TAEDA_FIELDS(generator)
  };
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static GradsOf<2> backward(Grad g);
};
TAEDA_OP(binomial, Binomial)

// Behind normal(mean, std) with tensors.
struct NormalTensors {
  static constexpr Def def{
      .inputs = {"mean!", "std!"},
      .doc = "Normal numbers, each with a mean and standard deviation of its own.",
      .types = Types::own,
      .scope = 0,
      .backward_name = "NormalBackward3"};
  struct Attrs {
    GeneratorPtr generator = {};
    TAEDA_FIELDS(generator)
  };
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static GradsOf<2> backward(Grad g, Shapes shapes, Type<0> mean, Type<1> std, Needs need);
};
TAEDA_OP_WITHOUT_FUNCTIONS(normal, NormalTensors)

struct NormalMeans {
  static constexpr Def def{.inputs = {"mean"},
                           .doc = "Normal numbers, each with a mean of its own.",
                           .types = Types::own,
                           .no_inplace = true,
                           .scope = 0,
                           .backward_name = "NormalBackward1"};
  struct Attrs {
    double std = 1;
    GeneratorPtr generator = {};
    TAEDA_FIELDS(std, generator)
  };
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static Tensor backward(Grad g);
};
TAEDA_OP_WITHOUT_FUNCTIONS(normal, NormalMeans)

struct NormalDeviations {
  static constexpr Def def{.inputs = {"std"},
                           .doc = "Normal numbers, each with a standard deviation of its own.",
                           .types = Types::own,
                           .no_inplace = true,
                           .scope = 0,
                           .backward_name = "NormalBackward2"};
  struct Attrs {
    double mean = 0;
    GeneratorPtr generator = {};
    TAEDA_FIELDS(mean, generator)
  };
  static Meta infer(Args in, const Attrs& a);
  static void cpu(Args in, Outs out, const Attrs& a);
  static Tensor backward(Grad g);
};
TAEDA_OP_WITHOUT_FUNCTIONS(normal, NormalDeviations)

// ---- factories ----

struct DrawnSize {
  Dims size = {};
  GeneratorPtr generator = {};
  TensorOptions options = {};
  TAEDA_FIELDS(size, generator, options)
};
struct Rand {
  static constexpr Def def{.doc = "Numbers drawn evenly from [0, 1).",
                           .required = 1,
                           .keyword_only = 5,
                           .varargs = true,
                           .scope = in_torch};
  using Attrs = DrawnSize;
  static Tensor forward(const Attrs& a);
};
TAEDA_OP_WITHOUT_FUNCTIONS(rand, Rand)

struct Randn {
  static constexpr Def def{.doc = "Normal numbers of mean 0 and variance 1.",
                           .required = 1,
                           .keyword_only = 5,
                           .varargs = true,
                           .scope = in_torch};
  using Attrs = DrawnSize;
  static Tensor forward(const Attrs& a);
};
TAEDA_OP_WITHOUT_FUNCTIONS(randn, Randn)

struct NormalSize {
  static constexpr Def def{.doc = "Normal numbers of this mean and standard deviation.",
                           .required = 3,
                           .keyword_only = 5,
                           .scope = 0};
  struct Attrs {
    double mean = 0, std = 1;
    Dims size = {};
    GeneratorPtr generator = {};
    TensorOptions options = {};
    TAEDA_FIELDS(mean, std, size, generator, options)
  };
  static Tensor forward(const Attrs& a);
};
TAEDA_OP_WITHOUT_FUNCTIONS(normal, NormalSize)

struct RandintTo {
  static constexpr Def def{
      .doc = "Whole numbers from [0, high); int64 unless dtype says otherwise.",
      .required = 2,
      .keyword_only = 5,
      .scope = in_torch};
  struct Attrs {
    int64_t high = 0;
    Dims size = {};
    GeneratorPtr generator = {};
    TensorOptions options = {};
    TAEDA_FIELDS(high, size, generator, options)
  };
  static Tensor forward(const Attrs& a);
};
TAEDA_OP_WITHOUT_FUNCTIONS(randint, RandintTo)

struct Randint {
  static constexpr Def def{
      .doc = "Whole numbers from [low, high); int64 unless dtype says otherwise.",
      .required = 3,
      .keyword_only = 5,
      .scope = in_torch};
  struct Attrs {
    int64_t low = 0, high = 0;
    Dims size = {};
    GeneratorPtr generator = {};
    TensorOptions options = {};
    TAEDA_FIELDS(low, high, size, generator, options)
  };
  static Tensor forward(const Attrs& a);
};
TAEDA_OP_WITHOUT_FUNCTIONS(randint, Randint)

struct Randperm {
  static constexpr Def def{.doc =
                               "The numbers 0 .. n - 1 in random order; int64 unless dtype says "
                               "otherwise.",
                           .required = 1,
                           .keyword_only = 5,
                           .scope = in_torch};
  struct Attrs {
    int64_t n = 0;
    GeneratorPtr generator = {};
    TensorOptions options = {};
    TAEDA_FIELDS(n, generator, options)
  };
  static Tensor forward(const Attrs& a);
};
TAEDA_OP_WITHOUT_FUNCTIONS(randperm, Randperm)

struct DrawnLike {
  Choice<MemoryFormat> memory_format = {};
  GeneratorPtr generator = {};
  TensorOptions options = {};
  TAEDA_FIELDS(memory_format, generator, options)
};
struct RandLike {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "Numbers from [0, 1) in input's sizes, dtype and memory order.",
                           .differentiable = false,
                           .keyword_only = 6,
                           .scope = in_torch};
  using Attrs = DrawnLike;
  static Tensor forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(rand_like, RandLike)

struct RandnLike {
  static constexpr Def def{.inputs = {"input"},
                           .doc = "Normal numbers in input's sizes, dtype and memory order.",
                           .differentiable = false,
                           .keyword_only = 6,
                           .scope = in_torch};
  using Attrs = DrawnLike;
  static Tensor forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(randn_like, RandnLike)

struct RandintLikeTo {
  static constexpr Def def{
      .inputs = {"input"},
      .doc = "Whole numbers from [0, high) in input's sizes, dtype and memory order.",
      .differentiable = false,
      .required = 1,
      .keyword_only = 6,
      .scope = in_torch};
  struct Attrs {
    int64_t high = 0;
    DrawnLike like = {};
    TAEDA_FIELDS(high, like)
  };
  static Tensor forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP(randint_like, RandintLikeTo)

struct RandintLike {
  static constexpr Def def{.inputs = {"input"},
                           .doc =
                               "Whole numbers from [low, high) in input's sizes, dtype and memory "
                               "order.",
                           .differentiable = false,
                           .required = 2,
                           .keyword_only = 6,
                           .scope = in_torch};
  struct Attrs {
    int64_t low = 0, high = 0;
    DrawnLike like = {};
    TAEDA_FIELDS(low, high, like)
  };
  static Tensor forward(const Tensor& x, const Attrs& a);
};
TAEDA_OP_WITHOUT_FUNCTIONS(randint_like, RandintLike)

}  // namespace taeda::ops

#pragma GCC visibility pop
#undef TAEDA_FAMILY

namespace taeda {

namespace random_detail {
// What random_(from, to) draws: the first number and how many there are; 0 stands for all 64 bits.
// With `check`, fails for what is no range of that dtype.
std::pair<int64_t, uint64_t> whole_range(DType d, int64_t from, std::optional<int64_t> to,
                                         bool check);
void permute(const Tensor& x, const GeneratorPtr& g);  // 0 .. n - 1, in cpu/random.cpp
}  // namespace random_detail

// The factories of C++: rand({2, 3}, {.dtype = DType::float64}).
TAEDA_API Tensor rand(const Dims& sizes, const TensorOptions& o = {}, const GeneratorPtr& g = {});
TAEDA_API Tensor randn(const Dims& sizes, const TensorOptions& o = {}, const GeneratorPtr& g = {});
TAEDA_API Tensor randint(int64_t low, int64_t high, const Dims& sizes, const TensorOptions& o = {},
                         const GeneratorPtr& g = {});
TAEDA_API Tensor randint(int64_t high, const Dims& sizes, const TensorOptions& o = {},
                         const GeneratorPtr& g = {});
TAEDA_API Tensor randperm(int64_t n, const TensorOptions& o = {}, const GeneratorPtr& g = {});
// Normal numbers; two tensors are broadcast, and the result has the dtype of `mean` if that is a
// tensor.
TAEDA_API Tensor normal(const Tensor& mean, const Tensor& std, const GeneratorPtr& g = {});
TAEDA_API Tensor normal(const Tensor& mean, double std = 1, const GeneratorPtr& g = {});
TAEDA_API Tensor normal(double mean, const Tensor& std, const GeneratorPtr& g = {});
TAEDA_API Tensor normal(double mean, double std, const Dims& sizes, const TensorOptions& o = {},
                        const GeneratorPtr& g = {});

}  // namespace taeda
