// One recurrent layer as oneDNN's primitives, forward and backward.
#pragma once

#include <oneapi/dnnl/dnnl.hpp>

#include <string>
#include <unordered_map>
#include <vector>

namespace onednn_peer {

struct LayerShape {
    std::string cell; ///< lstm, gru (reset_after), gru_before, simple_rnn
    int inputs, units, timesteps, batch;
    bool bidirectional;

    int directions() const { return bidirectional ? 2 : 1; }
    int gates() const { return cell == "lstm" ? 4 : cell == "simple_rnn" ? 1 : 3; }
    int biases() const { return cell == "gru" ? 4 : gates(); }
    int width() const { return units * directions(); }
};

enum class Use { inference, step, training };

/// Memory in the order (time, batch, features). Weights as oneDNN's ldigo, whose gates stand in Keras's
/// order.
class RecurrentLayer {
  public:
    /// Reads what the layer `before`, if any, writes. A step keeps its states for the next one.
    RecurrentLayer(const LayerShape& shape, Use use, const RecurrentLayer* before,
                   const dnnl::engine& engine);

    float* source() { return data(source_); }
    float* diff_source() { return data(diff_source_); }
    float* output() { return data(output_); }
    float* diff_output() { return data(diff_output_); }
    std::vector<float*> parameters() { return {data(kernel_), data(recurrent_), data(bias_)}; }
    std::vector<float*> gradients() { return {data(diff_kernel_), data(diff_recurrent_), data(diff_bias_)}; }
    std::vector<std::size_t> sizes() const;

    /// Brings the weights into the primitives' own layouts: once, or after each update.
    void pack(dnnl::stream& stream);
    void forward(dnnl::stream& stream);
    /// Overwrites gradients() and diff_source().
    void backward(dnnl::stream& stream);

    std::string implementation() const { return implementation_; }

  private:
    using Arguments = std::unordered_map<int, dnnl::memory>;
    static float* data(const dnnl::memory& m) { return static_cast<float*>(m.get_data_handle()); }
    struct Descriptions;
    template <class Forward, class Backward, class... Options>
    void create(const Descriptions& d, Use use, Options... options);
    template <class ForwardDesc>
    void create_forward(const ForwardDesc& desc, Use use);
    template <class BackwardDesc>
    void create_backward(const BackwardDesc& desc);
    void zero(const dnnl::memory& m);

    LayerShape shape_;
    dnnl::engine engine_;
    dnnl::primitive forward_, backward_;
    Arguments forward_arguments_, other_forward_arguments_, backward_arguments_;
    dnnl::memory source_, diff_source_, output_, diff_output_, workspace_;
    dnnl::memory kernel_, recurrent_, bias_, diff_kernel_, diff_recurrent_, diff_bias_;
    struct Packing {
        dnnl::reorder reorder;
        dnnl::memory from, to;
    };
    void add_packing(std::vector<Packing>& list, const dnnl::memory& from, const dnnl::memory& to);
    std::vector<Packing> packings_, unpackings_;
    std::string implementation_;
};

} // namespace onednn_peer
