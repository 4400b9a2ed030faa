// Optimizers and schedulers from C++. The numbers are PyTorch 2.13's.
#include <gtest/gtest.h>

#include <functional>

#include "taeda/ops/copying.h"
#include "taeda/ops/reduce.h"
#include "taeda/ops/views.h"
#include "taeda/optim/lbfgs.h"
#include "taeda/optim/optimizer.h"
#include "taeda/threads/pool.h"

using namespace taeda;

namespace {

Tensor values(std::initializer_list<double> v, DType dtype = DType::float64) {
  Tensor t = empty({int64_t(v.size())}, DType::float64);
  std::copy(v.begin(), v.end(), t.data<double>());
  return t.to(dtype);
}
Tensor parameter(std::initializer_list<double> v, DType dtype = DType::float64) {
  return values(v, dtype).requires_grad_();
}
std::vector<double> list(const Tensor& t) {
  Tensor d = t.detach().to(DType::float64).contiguous();
  return {d.data<double>(), d.data<double>() + d.numel()};
}

void expect_near(const std::vector<double>& a, const std::vector<double>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); i++) EXPECT_NEAR(a[i], b[i], 1e-10);
}

const std::initializer_list<double> kGradients[] = {{.5, -1, .25}, {.3, .4, -2},  {-.2, .1, .7},
                                                    {1, -.5, .1},  {.5, -1, .25}, {.3, .4, -2},
                                                    {-.2, .1, .7}, {1, -.5, .1}};

template <class Optimizer> void feed(Optimizer& opt, const Tensor& p, int begin, int end) {
  for (int i = begin; i < end; i++) {
    p.set_grad(values(kGradients[i], p.dtype()));
    opt.step();
  }
}
template <class Optimizer>
void check(const typename Optimizer::Options& options, const std::vector<double>& expected) {
  Tensor p = parameter({1, -2, .5});
  Optimizer opt({p}, options);
  feed(opt, p, 0, 8);
  for (size_t i = 0; i < 3; i++) EXPECT_NEAR(list(p)[i], expected[i], 1e-12) << opt.name();

  // In float: as near as its precision allows.
  Tensor f = parameter({1, -2, .5}, DType::float32);
  Optimizer single({f}, options);
  feed(single, f, 0, 8);
  for (size_t i = 0; i < 3; i++) EXPECT_NEAR(list(f)[i], expected[i], 2e-5) << opt.name();

  // Half the way, saved, loaded by another optimizer, the other half: the same bits.
  Tensor a = parameter({1, -2, .5}), b = parameter({0, 0, 0});
  Optimizer first({a}, options), second({b});
  feed(first, a, 0, 4);
  {
    NoGradGuard raw;
    b.copy_(a);
  }
  second.load_state_dict(first.state_dict());
  feed(second, b, 4, 8);
  EXPECT_EQ(list(b), list(p)) << opt.name();
  EXPECT_EQ(second.param_groups()[0].options, options) << opt.name();
}

TEST(Optim, Rules) {
  check<optim::SGD>({.lr = 0.1}, {0.6799999999999999, -1.7999999999999998, 0.6900000000000001});
  check<optim::SGD>({.lr = 0.1, .momentum = 0.9, .weight_decay = 0.2, .nesterov = true},
                    {-0.6549859263318375, -0.1320205942648557, 0.9901144068257028});
  check<optim::Adam>({.lr = 0.1, .amsgrad = true},
                     {0.4034709313852988, -1.6367937911425194, 0.606325645794042});
  check<optim::AdamW>({.lr = 0.1, .maximize = true},
                      {1.586319558683579, -2.3458075708951753, 0.38973050526483516});
  check<optim::RMSprop>({.momentum = 0.5, .centered = true},
                        {0.43898934403871287, -1.7104445513654123, 0.4833706654083504});
  check<optim::Adagrad>({.lr = 0.1, .lr_decay = 0.5, .initial_accumulator_value = 0.3},
                        {0.8615984259231516, -1.9049610355913424, 0.5135567547574821});
  check<optim::Adadelta>({.rho = 0.8},
                         {0.9883654492454335, -1.9951594950701845, 0.4998811463926841});
  check<optim::Adamax>({.weight_decay = 0.1},
                       {0.9909485498516025, -1.9927968127393374, 0.5002515889808666});
  check<optim::NAdam>({.decoupled_weight_decay = true},
                      {0.9908076119588848, -1.9951922916981855, 0.500481644244759});
  check<optim::RAdam>({.lr = 0.1, .betas = {0.5, 0.9}},
                      {0.7393285150169626, -1.7849094184176693, 0.6258225737397523});
  check<optim::Rprop>({.lr = 0.2}, {0.03680000000000007, -1.875, -0.2224});
  check<optim::ASGD>({.lr = 0.1, .t0 = 1},
                     {0.6799393524352602, -1.799852559639023, 0.6899478101543487});
}

TEST(Optim, Groups) {
  Tensor p = parameter({1}), q = parameter({1}), r = parameter({1});
  optim::SGD opt({{{p}, {.lr = 0.1}}, {{q}, {.lr = 0.01}}});
  opt.add_param_group({{r}, {.lr = 0.1, .weight_decay = 0.1}});
  EXPECT_EQ(opt.group_count(), 3u);
  EXPECT_EQ(opt.parameters().size(), 3u);
  for (const Tensor& x : opt.parameters()) x.set_grad(values({1}));
  opt.step();
  EXPECT_DOUBLE_EQ(list(p)[0], 0.9);
  EXPECT_DOUBLE_EQ(list(q)[0], 0.99);
  EXPECT_DOUBLE_EQ(list(r)[0], 0.89);
  opt.zero_grad(false);
  EXPECT_EQ(list(p.grad())[0], 0);
  opt.zero_grad();
  EXPECT_FALSE(p.grad().defined());
  opt.step();
  EXPECT_DOUBLE_EQ(list(p)[0], 0.9);
}

TEST(Optim, State) {
  Tensor p = parameter({1, 2}), q = parameter({3});
  optim::Adam opt({p, q});
  EXPECT_FALSE(opt.state(p, "exp_avg").defined());
  p.set_grad(values({1, 2}));
  opt.step();
  EXPECT_EQ(opt.state(p, "step").item<double>(), 1);
  EXPECT_NEAR(list(opt.state(p, "exp_avg"))[1], 0.2, 1e-12);
  EXPECT_FALSE(opt.state(q, "step").defined());
  EXPECT_FALSE(opt.state(p, "max_exp_avg_sq").defined());
  EXPECT_EQ(opt.state_dict().front().first, "state.0.step");
}

template <class E> std::string text_of(const std::function<void()>& f) {
  try {
    f();
  } catch (const E& e) { return e.what(); }
  return "no error";
}

TEST(Optim, Refusals) {
  Tensor p = parameter({1}), q = parameter({1, 2});
  auto text = text_of<ValueError>;
  EXPECT_EQ(text([&] { optim::SGD({p}, {.lr = -1}); }), "Invalid learning rate: -1.0");
  EXPECT_EQ(text([&] {
              optim::Adam({p}, {.betas = {0.9, 1}});
            }),
            "Invalid beta parameter at index 1: 1.0");
  EXPECT_EQ(text([&] { optim::SGD({p}, {.nesterov = true}); }),
            "Nesterov momentum requires a momentum and zero dampening");
  EXPECT_EQ(text([&] { optim::SGD(TensorList{}); }), "optimizer got an empty parameter list");
  EXPECT_EQ(text([&] { optim::SGD({p * 2.0}); }), "can't optimize a non-leaf Tensor");
  optim::SGD opt({p});
  EXPECT_EQ(text([&] { opt.add_param_group({{p}}); }),
            "some parameters appear in more than one parameter group");
  EXPECT_EQ(opt.group_count(), 1u);

  optim::Adam a({p}), b({q});
  a.lr(0) = 0.5;
  p.set_grad(values({1}));
  a.step();
  EXPECT_EQ(text([&] { b.load_state_dict(a.state_dict()); }),
            "loaded state 'exp_avg' of parameter 0 has size [1], but the parameter has size [2]");
  EXPECT_EQ(b.lr(0), 1e-3);
  std::vector<optim::Adam::Group> two{{{p}}, {{q}}};
  EXPECT_EQ(text([&] { optim::Adam(two).load_state_dict(a.state_dict()); }),
            "loaded state dict has a different number of parameter groups");
}

TEST(Optim, Closure) {
  Tensor p = parameter({3});
  optim::SGD opt({p}, {.lr = 0.1});
  NoGradGuard off;
  Tensor loss = opt.step([&] {
    opt.zero_grad();
    Tensor x = (p * p).sum();
    x.backward();
    return x;
  });
  EXPECT_EQ(loss.item<double>(), 9);
  EXPECT_DOUBLE_EQ(list(p)[0], 2.4);
}

TEST(Optim, LBFGS) {
  auto run = [](const optim::LBFGS::Options& options, optim::LBFGS::State& state) {
    Tensor p = parameter({1, -2, .5}), q = parameter({.3});
    optim::LBFGS opt({p, q}, options);
    std::vector<double> out;
    for (int i = 0; i < 2; i++) {
      Tensor loss = opt.step([&] {
        opt.zero_grad();
        Tensor a = p * p - values({2, 1, 3}), b = ((q - 1.0) * p).sum();
        Tensor x = (a * a).sum() + b * b;
        x.backward();
        return x;
      });
      out.push_back(loss.item<double>());
    }
    state = opt.state();
    for (double x : list(p)) out.push_back(x);
    out.push_back(list(q)[0]);
    return out;
  };
  optim::LBFGS::State state;
  expect_near(run({.lr = 0.05, .max_iter = 5}, state),
              {17.685, 12.747194693904305, 1.2012245636889054, -1.6020921775800419,
               1.1908140101459388, 0.28811210071301474});
  EXPECT_EQ(state.func_evals, 10);
  EXPECT_EQ(state.n_iter, 10);
  expect_near(run({.max_iter = 5, .history_size = 2, .strong_wolfe = true}, state),
              {17.685, 0.5305394813496966, 1.417875325455063, -1.011313427078353,
               1.7306053169480593, 1.0151741476170721});
  EXPECT_EQ(state.func_evals, 12);
  EXPECT_EQ(state.n_iter, 8);
  EXPECT_EQ(state.old_dirs.size(), 2u);
}

TEST(Optim, SameBitsForAnyNumberOfThreads) {
  std::vector<std::vector<double>> results;
  int before = num_threads();
  for (int threads : {1, 2, 3}) {
    set_num_threads(threads);
    Tensor p = empty({50'001}, DType::float32), g = empty({50'001}, DType::float32);
    for (int64_t i = 0; i < p.numel(); i++) {
      p.data<float>()[i] = float(i % 89) / 10;
      g.data<float>()[i] = float(i % 97) / 9 - 5;
    }
    p.requires_grad_();
    optim::Adam opt({p});
    for (int i = 0; i < 2; i++) p.set_grad(g), opt.step();
    results.push_back(list(p));
  }
  set_num_threads(before);
  EXPECT_EQ(results[0], results[1]);
  EXPECT_EQ(results[0], results[2]);
}

}  // namespace
