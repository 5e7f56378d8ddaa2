// Another thread may stop the training between two batches, and several trainers may share samples.
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

#include "check.hpp"
#include "nn/trainer.hpp"

namespace {

const std::vector<float> inputs(64, 0.5f), targets(64, 0.25f);

nn::Network make_network() {
    return nn::Network({{1}, {32, nn::Activation::tanh, {0}}, {32, nn::Activation::tanh, {1}}, {1, nn::Activation::identity, {2}}});
}

void check_stop() {
    std::vector<float> parameters(make_network().size(), 0.1f);
    nn::Trainer<float> trainer(make_network(), nn::Loss::mean_squared_error, {inputs.data(), targets.data()},
                               parameters.data());
    nn::StopFlag stop{0};
    const std::vector<std::int64_t> order(4'000'000, 3);
    std::vector<double> losses(order.size());
    std::size_t done = 0;
    std::thread worker([&] { done = trainer.train(order.data(), order.size(), 1, 0.01f, losses.data(), &stop); });
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    stop.store(1);
    worker.join();
    CHECK(done >= 1);
    CHECK(done < order.size());
    stop.store(1);
    CHECK(trainer.train(order.data(), 100, 1, 0.01f, losses.data(), &stop) == 1);  // one batch is always done
}

void check_two_at_once() {
    std::vector<float> one(make_network().size(), 0.1f), two = one;
    const std::vector<std::int64_t> order(2000, 3);
    const auto train = [&order](std::vector<float>& parameters) {
        std::vector<double> losses(order.size());
        nn::Trainer<float> trainer(make_network(), nn::Loss::mean_squared_error, {inputs.data(), targets.data()},
                                   parameters.data());
        trainer.train(order.data(), order.size(), 4, 0.01f, losses.data());
    };
    std::thread worker([&] { train(one); });
    train(two);
    worker.join();
    CHECK(one == two);
}

}  // namespace

int main() {
    check_stop();
    check_two_at_once();
    return report();
}
