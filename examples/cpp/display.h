// What a training run shows: progress, the table of epochs, the training curve, a picture.
#pragma once
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdarg>
#include <cstdio>
#include <string>
#include <vector>

struct Row {
  int epoch;
  double train_loss, train_accuracy, test_loss, test_accuracy, images_per_s;
};

// As std::printf, into a string.
[[gnu::format(printf, 1, 2)]] inline std::string format(const char* pattern, ...) {
  va_list arguments, again;
  va_start(arguments, pattern);
  va_copy(again, arguments);
  std::string out(size_t(std::vsnprintf(nullptr, 0, pattern, arguments)), '\0');
  std::vsnprintf(out.data(), out.size() + 1, pattern, again);
  va_end(again);
  va_end(arguments);
  return out;
}

inline double seconds() {
  using namespace std::chrono;
  return duration<double>(steady_clock::now().time_since_epoch()).count();
}

// One line that is drawn over and over on a terminal; a line now and then elsewhere.
class Progress {
 public:
  explicit Progress(int64_t images_left) : left_(images_left) {}

  void update(int epoch, int epochs, double part, double loss, double accuracy, int64_t images) {
    images_ += images;
    double now = seconds();
    if (now - last_ < (terminal_ ? 0.1 : 5)) return;
    last_ = now;
    double rate = double(images_) / (now - started_);
    int wait = int(double(left_ - images_) / rate);
    std::string bar(size_t(20 * part), '#');
    bar.resize(20, '.');
    std::fprintf(
        stderr,
        "%sepoch %d/%d [%s] %3.0f%%  loss %.4f  accuracy %.4f  %.0f images/s  %d:%02d left%s",
        terminal_ ? "\r\033[K" : "", epoch, epochs, bar.c_str(), 100 * part, loss, accuracy, rate,
        wait / 60, wait % 60, terminal_ ? "" : "\n");
  }
  void clear() {
    if (terminal_) std::fprintf(stderr, "\r\033[K");
  }

 private:
  int64_t left_, images_ = 0;
  double started_ = seconds(), last_ = started_;
  bool terminal_ = isatty(STDERR_FILENO);
};

inline void print_table(const std::vector<Row>& rows) {
  std::printf("\nepoch  train loss    accuracy   test loss    accuracy    images/s\n");
  for (const Row& r : rows)
    std::printf("%5d%12.5f%12.4f%12.5f%12.4f%12.0f\n", r.epoch, r.train_loss, r.train_accuracy,
                r.test_loss, r.test_accuracy, r.images_per_s);
  std::printf("\n");
}

// The training curve as an SVG picture: loss on the left, accuracy on the right.
inline std::string curve_svg(const std::vector<Row>& rows) {
  struct Panel {
    const char* name;
    double Row::*train;
    double Row::*test;
  };
  const Panel panels[] = {{"loss", &Row::train_loss, &Row::test_loss},
                          {"accuracy", &Row::train_accuracy, &Row::test_accuracy}};
  const int width = 360, height = 240, margin = 45, top = 20, bottom = height - 30;
  std::string out = format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\""
      " font-family=\"sans-serif\" font-size=\"11\">\n"
      "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n",
      2 * width, height);
  for (int k = 0; k < 2; k++) {
    const Panel& panel = panels[k];
    double low = rows[0].*panel.train, high = low;
    for (const Row& row : rows)
      for (auto column : {panel.train, panel.test})
        low = std::min(low, row.*column), high = std::max(high, row.*column);
    const double span = high > low ? high - low : 1;
    const int left = k * width + margin, right = (k + 1) * width - 10;
    out += format(
        "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"none\" stroke=\"#999\"/>\n"
        "<text x=\"%d\" y=\"14\">%s</text>\n"
        "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%.3g</text>\n"
        "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%.3g</text>\n"
        "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">epoch %d</text>\n",
        left, top, right - left, bottom - top, left, panel.name, left - 4, top + 8, high, left - 4,
        bottom, low, right, bottom + 15, rows.back().epoch);
    for (bool test : {false, true}) {
      std::string points;
      for (size_t i = 0; i < rows.size(); i++) {
        double part = double(i) / double(std::max<size_t>(rows.size() - 1, 1));
        double value = rows[i].*(test ? panel.test : panel.train);
        points += format("%s%.1f,%.1f", i ? " " : "", left + (right - left) * part,
                         bottom - (bottom - top) * (value - low) / span);
      }
      const char* colour = test ? "#d62728" : "#1f77b4";
      out += format(
          "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.5\"/>\n"
          "<text x=\"%d\" y=\"14\" fill=\"%s\">%s</text>\n",
          points.c_str(), colour, left + (test ? 105 : 60), colour, test ? "test" : "train");
    }
  }
  return out + "</svg>\n";
}

// Gray pixels [height, width] in characters.
inline void print_picture(const float* pixels, int64_t height, int64_t width, int max_value) {
  for (int64_t y = 0; y < height; y++) {
    for (int64_t x = 0; x < width; x++) {
      char shade = " .:-=+*#%@"[std::min(int(*pixels++ * 10 / float(max_value + 1)), 9)];
      std::printf("%c%c", shade, shade);
    }
    std::printf("\n");
  }
}

// A line for each class: name, probability, bar.
inline void print_chances(const std::vector<std::string>& classes, const float* chances) {
  size_t width = 0;
  for (auto& name : classes) width = std::max(width, name.size());
  for (size_t i = 0; i < classes.size(); i++) {
    std::string bar(size_t(40 * double(chances[i]) + 0.5), '#');
    std::printf("%*s %5.1f%%%s%s\n", int(width), classes[i].c_str(), 100 * double(chances[i]),
                bar.empty() ? "" : " ", bar.c_str());
  }
}
