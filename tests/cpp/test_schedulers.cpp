// Learning rate schedulers, the rules on matrices and what optimizers print, from C++. The numbers
// are PyTorch 2.13's.
#include <gtest/gtest.h>
#include <taeda/taeda.h>

#include <sstream>

using namespace taeda;

namespace {

Tensor parameter(std::initializer_list<double> v) {
  return tensor(std::vector<double>(v), {.dtype = float64, .requires_grad = true});
}
void expect_near(const std::vector<double>& a, const std::vector<double>& b) {
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); i++) EXPECT_NEAR(a[i], b[i], 1e-10) << i;
}
template <class E, class F> std::string message(F f) {
  try {
    f();
  } catch (const E& e) { return e.what(); }
  return "nothing was thrown";
}

// Rates of the first epochs, with the optimizer stepped before each.
std::vector<double> rates(optim::OptimizerBase& opt, optim::Scheduler& scheduler, int epochs) {
  std::vector<double> out;
  for (int i = 0; i < epochs; i++) {
    out.push_back(scheduler.get_last_lr()[0]);
    opt.step();
    scheduler.step();
  }
  return out;
}
template <class Scheduler, class... A>
std::vector<double> rates_of(int epochs, const A&... options) {
  optim::SGD opt({parameter({1})}, {.lr = 1});
  Scheduler scheduler(opt, options...);
  return rates(opt, scheduler, epochs);
}

TEST(Schedulers, Formulas) {
  using namespace optim;
  expect_near(rates_of<StepLR>(5, schedule::StepLR{.step_size = 2, .gamma = 0.5}),
              {1, 1, .5, .5, .25});
  expect_near(
      rates_of<MultiStepLR>(5, schedule::MultiStepLR{.milestones = {1, 3, 3}, .gamma = 0.5}),
      {1, .5, .5, .125, .125});
  expect_near(rates_of<ConstantLR>(4, schedule::ConstantLR{.factor = 0.5, .total_iters = 2}),
              {.5, .5, 1, 1});
  expect_near(rates_of<LinearLR>(4, schedule::LinearLR{.start_factor = 0.5, .total_iters = 2}),
              {.5, .75, 1, 1});
  expect_near(rates_of<ExponentialLR>(3, schedule::ExponentialLR{.gamma = 0.5}), {1, .5, .25});
  expect_near(rates_of<PolynomialLR>(4, schedule::PolynomialLR{.total_iters = 2, .power = 2}),
              {1, .25, 0, 0});
  expect_near(
      rates_of<CosineAnnealingLR>(6, schedule::CosineAnnealingLR{.T_max = 2, .eta_min = 0.2}),
      {1, .6, .2, .6, 1, .6});
  expect_near(rates_of<LambdaLR>(3, [](int64_t e) { return 1.0 / double(1 + e); }),
              {1, .5, 1 / 3.});
  expect_near(rates_of<MultiplicativeLR>(3, [](int64_t e) { return 0.5 * double(e); }),
              {1, .5, .5});
}

TEST(Schedulers, SavedAndResumed) {
  optim::SGD a({parameter({1})}, {.lr = 1}), b({parameter({1})}, {.lr = 7});
  int steps = 4;
  optim::CosineAnnealingLR first(a, {.T_max = steps}), second(b, {.T_max = steps});
  rates(a, first, 3);
  second.load_state_dict(first.state_dict());
  b.load_state_dict(a.state_dict());
  EXPECT_EQ(rates(a, first, 4), rates(b, second, 4));
  EXPECT_EQ(second.last_epoch(), 7);
}

std::string warned;
TEST(Schedulers, Warning) {
  optim::SGD opt({parameter({1})});
  optim::StepLR scheduler(opt, {.step_size = 2});
  auto before = warning_handler;
  warning_handler = [](const std::string& message) { warned = message; };
  scheduler.step();
  warning_handler = before;
  EXPECT_NE(warned.find("before `optimizer.step()`"), std::string::npos);
  EXPECT_THROW(optim::LinearLR(opt, {.start_factor = 2}), ValueError);
}

// Of two schedulers' rates and momenta, or beta1, in turn.
std::vector<double> rates_and_momenta(optim::OptimizerBase& opt, optim::Scheduler& scheduler,
                                      int steps) {
  std::vector<double> out;
  for (int i = 0; i < steps; i++) {
    out.push_back(opt.lr(0)), out.push_back(*opt.momentum(0));
    opt.step();
    scheduler.step();
  }
  return out;
}

TEST(Schedulers, WarmRestarts) {
  expect_near(
      rates_of<optim::CosineAnnealingWarmRestarts>(
          8, optim::CosineAnnealingWarmRestarts::Options{2, 2, 0.1}),
      {1.0, 0.55, 1.0, 0.8681980515339464, 0.55, 0.23180194846605365, 1.0, 0.9657457896300791});
  optim::SGD opt({parameter({1})}, {.lr = 1});
  optim::CosineAnnealingWarmRestarts scheduler(opt, {.T_0 = 2, .T_mult = 2});
  std::vector<double> at;
  for (double epoch : {0.5, 1.5, 2.25, 7.0, 40.5}) scheduler.step(epoch), at.push_back(opt.lr(0));
  expect_near(at, {0.8535533905932737, 0.14644660940672627, 0.9903926402016152, 0.9619397662556434,
                   0.7570513720966108});
  optim::SGD other({parameter({1})}, {.lr = 1});
  optim::CosineAnnealingWarmRestarts again(other, {.T_0 = 2, .T_mult = 2});
  again.load_state_dict(scheduler.state_dict());
  EXPECT_EQ((opt.step(), scheduler.step(), opt.lr(0)), (other.step(), again.step(), other.lr(0)));
  EXPECT_THROW(optim::CosineAnnealingWarmRestarts(opt, {.T_0 = 0}), ValueError);
}

TEST(Schedulers, OneCycle) {
  optim::SGD sgd({parameter({1})}, {.lr = 1, .momentum = 0.9});
  optim::OneCycleLR up_and_down(sgd, {.max_lr = 2, .total_steps = 8});
  expect_near(rates_and_momenta(sgd, up_and_down, 8),
              {0.08000000000000007, 0.95, 1.638550209784384, 0.8688255099070633, 1.9438835547750464,
               0.8528058334845816, 1.623491307899526, 0.8688255099070633, 1.1119680282454032,
               0.8944017761948346, 0.5661219964173985, 0.9216941869558779, 0.1532831876685128,
               0.9423362099614142, 8e-06, 0.95});
  EXPECT_EQ(message<ValueError>([&] { up_and_down.step(); }),
            "Tried to step 9 times. The specified number of total steps is 8");

  optim::Adam adam({parameter({1})}, {.lr = 1});
  optim::OneCycleLR three(adam, {.max_lr = 2,
                                 .epochs = 2,
                                 .steps_per_epoch = 5,
                                 .pct_start = 0.4,
                                 .anneal_strategy = "linear",
                                 .div_factor = 10,
                                 .final_div_factor = 100,
                                 .three_phase = true});
  expect_near(rates_and_momenta(adam, three, 9),
              {0.2, 0.95, 0.8, 0.9166666666666666, 1.4, 0.8833333333333333, 2.0, 0.85, 1.4,
               0.8833333333333333, 0.8, 0.9166666666666666, 0.19999999999999996, 0.95, 0.134, 0.95,
               0.068, 0.95});
  EXPECT_EQ(message<ValueError>([&] { optim::OneCycleLR(sgd, {.max_lr = 1, .epochs = 2}); }),
            "You must define either total_steps OR (epochs AND steps_per_epoch)");
  EXPECT_EQ(message<ValueError>([&] {
              optim::OneCycleLR(sgd, {.max_lr = 1, .total_steps = 2, .anneal_strategy = "x"});
            }),
            "anneal_strategy must be one of 'cos' or 'linear', instead got x");
  optim::Adagrad still({parameter({1})});
  EXPECT_EQ(message<ValueError>([&] { optim::OneCycleLR(still, {.max_lr = 1, .total_steps = 2}); }),
            "optimizer must support momentum or beta1 with `cycle_momentum` option enabled");
}

TEST(Schedulers, Cyclic) {
  optim::SGD sgd({parameter({1})}, {.lr = 1, .momentum = 0.9});
  optim::CyclicLR halved(
      sgd,
      {.base_lr = 0.1, .max_lr = 1, .step_size_up = 2, .step_size_down = 3, .mode = "triangular2"});
  expect_near(rates_and_momenta(sgd, halved, 9),
              {0.1, 0.9, 0.5499999999999999, 0.8500000000000001, 0.9999999999999998, 0.8,
               0.6999999999999998, 0.8333333333333334, 0.3999999999999999, 0.8666666666666667, 0.1,
               0.9, 0.3250000000000002, 0.875, 0.5499999999999999, 0.8500000000000001,
               0.3999999999999999, 0.8666666666666667});
  optim::CyclicLR::Options shrinking{.base_lr = 0.1,
                                     .max_lr = 1,
                                     .step_size_up = 2,
                                     .mode = "exp_range",
                                     .gamma = 0.9,
                                     .cycle_momentum = false};
  std::vector<double> expected{0.1, 0.505, 0.829, 0.42805, 0.1, 0.3657205};
  expect_near(rates_of<optim::CyclicLR>(6, shrinking), expected);
  shrinking.scale_fn = [](double step) { return std::pow(0.9, step); };
  shrinking.scale_by_step = true;
  expect_near(rates_of<optim::CyclicLR>(6, shrinking), expected);
  EXPECT_EQ(message<ValueError>([&] {
              optim::CyclicLR(sgd, {.base_lr = {0.1, 0.2}});
            }),
            "base_lr must have the same length as optimizer.param_groups. base_lr has 2 values, "
            "param_groups has 1.");
}

TEST(Schedulers, SWA) {
  expect_near(rates_of<optim::SWALR>(6, optim::SWALR::Options{.swa_lr = 0.1, .anneal_epochs = 3}),
              {1.0, 0.775, 0.325, 0.1, 0.1, 0.1});
  optim::SWALR::Options straight{.swa_lr = 0.1, .anneal_epochs = 3, .anneal_strategy = "linear"};
  expect_near(rates_of<optim::SWALR>(6, straight), {1.0, 0.7, 0.4, 0.1, 0.1, 0.1});
}

TEST(Schedulers, OneAfterTheOtherAndTogether) {
  auto run = [](int before) {  // stopped after `before` epochs, and continued by others
    optim::SGD opt({parameter({1})}, {.lr = 1}), other({parameter({1})}, {.lr = 1});
    auto half = [](int64_t epoch) { return std::pow(0.5, double(epoch)); };
    optim::LinearLR a(opt, {.start_factor = 0.1, .total_iters = 3}),
        d(other, {.start_factor = 0.1, .total_iters = 3});
    optim::CosineAnnealingLR b(opt, {.T_max = 4}), e(other, {.T_max = 4});
    optim::LambdaLR c(opt, half), f(other, half);
    optim::SequentialLR first(opt, {&a, &b, &c}, {3, 6}), second(other, {&d, &e, &f}, {3, 6});
    std::vector<double> out = rates(opt, first, before);
    second.load_state_dict(first.state_dict());
    other.load_state_dict(opt.state_dict());
    for (double r : rates(other, second, 10 - before)) out.push_back(r);
    return out;
  };
  std::vector<double> expected{0.1, 0.4, 0.7, 1.0, 0.8535533905932737, 0.5, 1.0, 0.5, 0.25, 0.125};
  expect_near(run(10), expected);
  expect_near(run(4), expected);

  optim::SGD opt({parameter({1})}, {.lr = 1}), other({parameter({1})});
  optim::ConstantLR a(opt, {.factor = 0.1, .total_iters = 2});
  optim::ExponentialLR b(opt, {.gamma = 0.9}), foreign(other, {.gamma = 0.9});
  EXPECT_EQ(b.base_lrs(), (std::vector<double>{1}));  // not what the first one made of it
  optim::ChainedScheduler both({&a, &b});
  expect_near(rates(opt, both, 5), {0.1, 0.09, 0.81, 0.729, 0.6561});
  EXPECT_THROW(optim::ChainedScheduler({}), ValueError);
  EXPECT_THROW(optim::ChainedScheduler({&a, &foreign}), ValueError);
  EXPECT_THROW(optim::SequentialLR(opt, {&a, &b}, {}), ValueError);
}

TEST(Schedulers, Plateau) {
  auto run = [](const optim::ReduceLROnPlateau::Options& options,
                const std::vector<double>& metrics) {
    optim::SGD opt({parameter({1})}, {.lr = 1});
    optim::ReduceLROnPlateau scheduler(opt, options);
    std::vector<double> out;
    for (double m : metrics) {
      out.push_back(scheduler.get_last_lr()[0]);
      opt.step();
      scheduler.step(m);
    }
    EXPECT_EQ(scheduler.last_epoch(), int64_t(metrics.size()));
    return out;
  };
  expect_near(run({.factor = 0.5, .patience = 1, .cooldown = 1, .min_lr = 0.2},
                  {1, .9, .95, .96, .97, .98, .99, 1, 1, 1, 1, 1}),
              {1, 1, 1, 1, .5, .5, .5, .25, .25, .25, .2, .2});
  expect_near(
      run({.mode = "max", .factor = 0.5, .patience = 0, .threshold = 0.1, .threshold_mode = "abs"},
          {1, 1.05, 1.2, 1.25, 1.4}),
      {1, 1, .5, .5, .25});
  optim::SGD opt({parameter({1})}, {.lr = 1});
  optim::ReduceLROnPlateau scheduler(opt, {.patience = 0}), other(opt);
  scheduler.step(tensor(2.0));
  scheduler.step(tensor(3.0));
  EXPECT_DOUBLE_EQ(opt.lr(0), 0.1);
  EXPECT_EQ(scheduler.best(), 2);
  other.load_state_dict(scheduler.state_dict());
  EXPECT_EQ(other.best(), 2);
  EXPECT_EQ(other.last_epoch(), 2);
  EXPECT_EQ(message<ValueError>([&] { optim::ReduceLROnPlateau(opt, {.factor = 1}); }),
            "Factor should be < 1.0.");
  EXPECT_EQ(message<ValueError>([&] { optim::ReduceLROnPlateau(opt, {.mode = "x"}); }),
            "mode x is unknown!");
}

// ---- rules on matrices ----

const std::vector<double> kGradients[] = {
    {.5, -1, .25, .3}, {.3, .4, -2, 1}, {-.2, .1, .7, -.6}, {1, -.5, .1, 0}};

template <class Optimizer>
void check(const Dims& sizes, const typename Optimizer::Options& options,
           const std::vector<double>& expected) {
  auto start = [&] {
    return tensor({1, -2, .5, .25}, {.dtype = float64}).view(sizes).clone().requires_grad_();
  };
  auto feed = [&](Optimizer& opt, const Tensor& p, size_t begin, size_t end) {
    for (size_t i = begin; i < end; i++) {
      p.set_grad(tensor(kGradients[i], {.dtype = float64}).view(sizes));
      opt.step();
    }
  };
  Tensor p = start();
  Optimizer opt({p}, options);
  feed(opt, p, 0, 4);
  for (size_t i = 0; i < 4; i++)
    EXPECT_NEAR(p.detach().view(-1)[int64_t(i)].template item<double>(), expected[i], 1e-10)
        << opt.name() << i;

  // Half the way, saved, loaded by another optimizer, the other half: the same bits.
  Tensor a = start(), b = start();
  Optimizer first({a}, options), second({b});
  feed(first, a, 0, 2);
  b.detach().copy_(a.detach());
  second.load_state_dict(first.state_dict());
  feed(second, b, 2, 4);
  EXPECT_TRUE(b.equal(p)) << opt.name();
  EXPECT_EQ(second.param_groups()[0].options, options) << opt.name();
}

TEST(Optim, MatrixRules) {
  check<optim::Adafactor>(
      {2, 2}, {.lr = 0.1, .weight_decay = 0.1, .maximize = true},
      {1.2338259624645473, -2.016516487893954, 0.5339834653439754, 0.37247381951462316});
  check<optim::Adafactor>(
      {4}, {.lr = 0.1, .eps = {1e-4, 1e-2}, .d = 1.5},
      {0.6971737462605655, -1.8608868333182134, 0.4524948279551242, 0.09050357537244418});
  check<optim::Muon>(
      {2, 2}, {.lr = 0.1},
      {0.7727321683984375, -1.820807822734375, 0.507451145234375, 0.136155579453125});
  check<optim::Muon>({4, 1}, {.lr = 0.1, .nesterov = false, .adjust_lr_fn = "match_rms_adamw"},
                     {0.908890841875, -1.871704761875, 0.52625774515625, 0.19774304070312498});
}

TEST(Optim, MatrixRulesRefuse) {
  Tensor row = parameter({1, 2, 3}), matrix = zeros({2, 2}, requires_grad());
  auto text = [](auto f) { return message<ValueError>(f); };
  EXPECT_EQ(text([&] { optim::Muon({row}); }),
            "Muon only supports 2D parameters whereas we found a parameter with size: "
            "torch.Size([3])");
  EXPECT_EQ(text([&] { optim::Muon({matrix}, {.adjust_lr_fn = "x"}); }),
            "Adjust learning rate function x is not supported");
  EXPECT_EQ(text([&] { optim::Adafactor({row}, {.d = 0.5}); }),
            "Clipping threshold d should be >= 1 but is: 0.5");
  EXPECT_EQ(text([&] {
              optim::Adafactor({row}, {.eps = {-1, 1}});
            }),
            "epsilon1 should be >= 0 but is: -1.0");
  optim::Adafactor of_row({row}), of_matrix({matrix});
  row.set_grad(row.detach());
  of_row.step();
  EXPECT_EQ(
      text([&] { of_matrix.load_state_dict(of_row.state_dict()); }),
      "loaded state 'variance' of parameter 0 has size [3], but the parameter has size [2, 2]");
}

// ---- printing ----

TEST(Optim, Prints) {
  auto printed = [](const optim::OptimizerBase& opt) {
    std::ostringstream out;
    out << opt;
    return out.str();
  };
  Tensor p = parameter({1}), q = parameter({1});
  optim::SGD sgd({{{p}, {.lr = 0.1, .momentum = 0.9}}, {{q}, {.lr = 1e-5}}});
  EXPECT_EQ(printed(sgd),
            "SGD (\nParameter Group 0\n    dampening: 0\n    lr: 0.1\n    maximize: False\n"
            "    momentum: 0.9\n    nesterov: False\n    weight_decay: 0\n\nParameter Group 1\n"
            "    dampening: 0\n    lr: 1e-05\n    maximize: False\n    momentum: 0\n"
            "    nesterov: False\n    weight_decay: 0\n)");
  optim::Adam adam({p});
  optim::ExponentialLR scheduler(adam, {.gamma = 0.5});
  adam.step(), scheduler.step();
  EXPECT_EQ(printed(adam),
            "Adam (\nParameter Group 0\n    amsgrad: False\n    betas: (0.9, 0.999)\n"
            "    decoupled_weight_decay: False\n    eps: 1e-08\n    initial_lr: 0.001\n"
            "    lr: 0.0005\n    maximize: False\n    weight_decay: 0\n)");
  optim::Adafactor adafactor({p});
  EXPECT_NE(printed(adafactor).find("    eps: (None, 0.001)\n"), std::string::npos);
  optim::Muon muon({zeros({2, 2}, requires_grad())});
  EXPECT_NE(printed(muon).find("    ns_coefficients: (3.4445, -4.775, 2.0315)\n"
                               "    ns_steps: 5\n"),
            std::string::npos);
}

}  // namespace
