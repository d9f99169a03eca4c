#include "recurrent_layer.hpp"

#include <cstring>
#include <type_traits>

namespace onednn_peer {

namespace {

using dnnl::memory;
using tag = memory::format_tag;

memory::desc floats(const memory::dims& dims, tag layout) { return {dims, memory::data_type::f32, layout}; }

memory::desc argument(const dnnl::primitive_desc_base& desc, int argument) {
    return desc.query_md(dnnl::query::exec_arg_md, argument);
}

} // namespace

/// Those with `any` leave the layout to oneDNN.
struct RecurrentLayer::Descriptions {
    memory::desc source, kernel, recurrent, bias, output, state_before, state_after;
    dnnl::rnn_direction direction;
};

std::vector<std::size_t> RecurrentLayer::sizes() const {
    std::vector<std::size_t> sizes;
    for (const memory& m : {kernel_, recurrent_, bias_}) {
        sizes.push_back(m.get_desc().get_size() / sizeof(float));
    }
    return sizes;
}

void RecurrentLayer::zero(const memory& m) { std::memset(m.get_data_handle(), 0, m.get_desc().get_size()); }

RecurrentLayer::RecurrentLayer(const LayerShape& shape, Use use, const RecurrentLayer* before,
                               const dnnl::engine& engine)
    : shape_(shape), engine_(engine) {
    const int d = shape.directions(), units = shape.units, gates = shape.gates();
    const memory::dims kernel{1, d, shape.inputs, gates, units}, recurrent{1, d, units, gates, units};
    const memory::desc state = floats({1, d, shape.batch, units}, tag::ldnc);
    const Descriptions all{.source = floats({shape.timesteps, shape.batch, shape.inputs}, tag::tnc),
                           .kernel = floats(kernel, tag::any),
                           .recurrent = floats(recurrent, tag::any),
                           .bias = floats({1, d, shape.biases(), units}, tag::ldgo),
                           .output = floats({shape.timesteps, shape.batch, shape.width()}, tag::tnc),
                           // Inference may begin with zeros that nobody gives. In training, 3.2 then gets the
                           // recurrent weights' gradient wrong at the first time step.
                           .state_before = use == Use::inference ? memory::desc() : state,
                           .state_after = use == Use::step ? state : memory::desc(),
                           .direction = shape.bidirectional ? dnnl::rnn_direction::bidirectional_concat
                                                            : dnnl::rnn_direction::unidirectional_left2right};
    source_ = before ? before->output_ : memory(all.source, engine);
    output_ = memory(all.output, engine);
    kernel_ = memory(floats(kernel, tag::ldigo), engine);
    recurrent_ = memory(floats(recurrent, tag::ldigo), engine);
    bias_ = memory(all.bias, engine);
    if (use == Use::training) {
        diff_source_ = before ? before->diff_output_ : memory(all.source, engine);
        diff_output_ = memory(all.output, engine);
        diff_kernel_ = memory(floats(kernel, tag::ldigo), engine);
        diff_recurrent_ = memory(floats(recurrent, tag::ldigo), engine);
        diff_bias_ = memory(all.bias, engine);
        zero(diff_output_);
    }
    if (shape.cell == "lstm") {
        create<dnnl::lstm_forward, dnnl::lstm_backward>(all, use);
    } else if (shape.cell == "gru") {
        create<dnnl::lbr_gru_forward, dnnl::lbr_gru_backward>(all, use);
    } else if (shape.cell == "gru_before") {
        create<dnnl::gru_forward, dnnl::gru_backward>(all, use);
    } else {
        create<dnnl::vanilla_rnn_forward, dnnl::vanilla_rnn_backward>(all, use,
                                                                      dnnl::algorithm::eltwise_tanh);
    }
}

template <class Forward, class Backward, class... Options>
void RecurrentLayer::create(const Descriptions& d, Use use, Options... options) {
    const auto kind =
        use == Use::training ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
    constexpr bool is_lstm = std::is_same_v<Forward, dnnl::lstm_forward>;
    const memory::desc &before = d.state_before, &after = d.state_after;
    const auto forward = [&] {
        if constexpr (is_lstm) {
            return typename Forward::primitive_desc(engine_, kind, d.direction, d.source, before, before,
                                                    d.kernel, d.recurrent, d.bias, d.output, after, after);
        } else {
            return typename Forward::primitive_desc(engine_, kind, options..., d.direction, d.source, before,
                                                    d.kernel, d.recurrent, d.bias, d.output, after);
        }
    }();
    implementation_ = forward.impl_info_str();
    create_forward(forward, use);
    if (use != Use::training) {
        return;
    }
    const auto backward = dnnl::prop_kind::backward;
    if constexpr (is_lstm) {
        create_backward(typename Backward::primitive_desc(
            engine_, backward, d.direction, d.source, before, before, d.kernel, d.recurrent, d.bias, d.output,
            after, after, d.source, before, before, d.kernel, d.recurrent, d.bias, d.output, after, after,
            forward));
    } else {
        create_backward(typename Backward::primitive_desc(
            engine_, backward, options..., d.direction, d.source, before, d.kernel, d.recurrent, d.bias,
            d.output, after, d.source, before, d.kernel, d.recurrent, d.bias, d.output, after, forward));
    }
}

template <class ForwardDesc>
void RecurrentLayer::create_forward(const ForwardDesc& desc, Use use) {
    forward_ = dnnl::primitive(desc.get());
    const memory kernel(argument(desc, DNNL_ARG_WEIGHTS_LAYER), engine_);
    const memory recurrent(argument(desc, DNNL_ARG_WEIGHTS_ITER), engine_);
    add_packing(packings_, kernel_, kernel);
    add_packing(packings_, recurrent_, recurrent);
    workspace_ = memory(desc.workspace_desc(), engine_);
    forward_arguments_ = {{DNNL_ARG_SRC_LAYER, source_},      {DNNL_ARG_WEIGHTS_LAYER, kernel},
                          {DNNL_ARG_WEIGHTS_ITER, recurrent}, {DNNL_ARG_BIAS, bias_},
                          {DNNL_ARG_DST_LAYER, output_},      {DNNL_ARG_WORKSPACE, workspace_}};
    const auto zeros = [&](int state) {
        const memory m(argument(desc, state), engine_);
        zero(m);
        return m;
    };
    const bool is_lstm = shape_.cell == "lstm";
    if (use == Use::training) {
        forward_arguments_.insert({DNNL_ARG_SRC_ITER, zeros(DNNL_ARG_SRC_ITER)});
        if (is_lstm) {
            forward_arguments_.insert({DNNL_ARG_SRC_ITER_C, zeros(DNNL_ARG_SRC_ITER_C)});
        }
    } else if (use == Use::step) { // two sets of states, which take turns
        other_forward_arguments_ = forward_arguments_;
        const auto take_turns = [&](int from, int to) {
            const memory a = zeros(from), b = zeros(from);
            forward_arguments_.insert({{from, a}, {to, b}});
            other_forward_arguments_.insert({{from, b}, {to, a}});
        };
        take_turns(DNNL_ARG_SRC_ITER, DNNL_ARG_DST_ITER);
        if (is_lstm) {
            take_turns(DNNL_ARG_SRC_ITER_C, DNNL_ARG_DST_ITER_C);
        }
    }
}

template <class BackwardDesc>
void RecurrentLayer::create_backward(const BackwardDesc& desc) {
    backward_ = dnnl::primitive(desc.get());
    backward_arguments_ = forward_arguments_;
    const auto own_layout = [&](int weights, int diff_weights, const memory& plain, memory& diff_plain) {
        const memory packed(argument(desc, weights), engine_);
        add_packing(packings_, plain, packed);
        backward_arguments_[weights] = packed;
        const memory::desc diff = argument(desc, diff_weights);
        const memory own = diff == diff_plain.get_desc() ? diff_plain : memory(diff, engine_);
        backward_arguments_[diff_weights] = own;
        if (own.get() != diff_plain.get()) {
            add_packing(unpackings_, own, diff_plain);
        }
    };
    own_layout(DNNL_ARG_WEIGHTS_LAYER, DNNL_ARG_DIFF_WEIGHTS_LAYER, kernel_, diff_kernel_);
    own_layout(DNNL_ARG_WEIGHTS_ITER, DNNL_ARG_DIFF_WEIGHTS_ITER, recurrent_, diff_recurrent_);
    backward_arguments_.insert(
        {{DNNL_ARG_DIFF_SRC_LAYER, diff_source_},
         {DNNL_ARG_DIFF_BIAS, diff_bias_},
         {DNNL_ARG_DIFF_DST_LAYER, diff_output_},
         {DNNL_ARG_DIFF_SRC_ITER, memory(argument(desc, DNNL_ARG_DIFF_SRC_ITER), engine_)}});
    if (shape_.cell == "lstm") {
        const memory diff(argument(desc, DNNL_ARG_DIFF_SRC_ITER_C), engine_);
        backward_arguments_.insert({DNNL_ARG_DIFF_SRC_ITER_C, diff});
    }
}

void RecurrentLayer::add_packing(std::vector<Packing>& list, const memory& from, const memory& to) {
    list.push_back({dnnl::reorder(from, to), from, to});
}

void RecurrentLayer::pack(dnnl::stream& stream) {
    for (Packing& p : packings_) {
        p.reorder.execute(stream, p.from, p.to);
    }
}

void RecurrentLayer::forward(dnnl::stream& stream) {
    forward_.execute(stream, forward_arguments_);
    if (!other_forward_arguments_.empty()) {
        forward_arguments_.swap(other_forward_arguments_);
    }
}

void RecurrentLayer::backward(dnnl::stream& stream) {
    // The primitive adds to these.
    zero(backward_arguments_.at(DNNL_ARG_DIFF_WEIGHTS_LAYER));
    zero(backward_arguments_.at(DNNL_ARG_DIFF_WEIGHTS_ITER));
    zero(diff_bias_);
    backward_.execute(stream, backward_arguments_);
    for (Packing& p : unpackings_) {
        p.reorder.execute(stream, p.from, p.to);
    }
}

} // namespace onednn_peer
