// A case's whole network around oneDNN's primitives: embedding, recurrent layers, dense, loss, Adam.
#pragma once

#include "recurrent_layer.hpp"

#include "../peer_case.hpp"

#include <memory>

namespace onednn_peer {

/// One parameter with Adam's moments. Memory belongs to the layers.
struct Parameter {
    float* values;
    float* gradient;
    std::vector<float> m, v;
};

class Network {
  public:
    explicit Network(const timeloom::bench::PeerCase& c);

    /// Once what the case is about: a pass, a step, or a training step.
    void run();
    /// The numbers by which contenders are compared, from the state that a new network is in.
    std::vector<double> check();
    std::string settings() const { return "weights packed, " + layers_.front()->implementation(); }

  private:
    void set_parameters();
    void add_parameter(float* values, float* gradient, std::size_t count);
    void forward();
    void embed();
    void dense_forward();
    double loss_gradient();
    void dense_backward();
    void backward();
    void embedding_backward();
    void adam();
    double train();
    const float* last_output(int row, int direction) const;
    float* diff_last_output(int row, int direction);

    timeloom::bench::PeerCase case_;
    dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
    dnnl::stream stream_{engine_};
    std::vector<std::unique_ptr<RecurrentLayer>> layers_;
    std::vector<std::int32_t> tokens_;                                   ///< (time, batch)
    std::vector<float> embedding_, diff_embedding_, dense_, diff_dense_; ///< of dense the last is the bias
    std::vector<float> logits_, diff_logits_, targets_;
    std::vector<Parameter> parameters_;
    int adam_steps_ = 0;
};

} // namespace onednn_peer
