// A model's forward pass as the user's own loop over layers and cells: what Keras calls Model.call().
#pragma once

#include "timeloom/runtime/sequences/node_output.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace timeloom {

namespace plan {
struct Model;
}

namespace detail {
class LayerGraph;
class RowGroup;
struct SequenceView;
struct StepContext;
struct Watched;
} // namespace detail

/// What a layer handed on within a call: (rows, timesteps, units), or one step of it. It means something in
/// the pass that made it only.
class CallValue {
  public:
    CallValue() = default; ///< no value yet

  private:
    friend class Call;
    CallValue(detail::NodeOutput output, std::uint64_t pass) : output_(output), pass_(pass) {}
    detail::NodeOutput output_;
    std::uint64_t pass_ = 0; ///< 0: none
};

/// The states of a cell, or of stacked cells, after a step. As it is made: zeros.
class CellState {
  public:
    CellState() = default;

  private:
    friend class Call;
    CellState(int node, int cells, std::uint64_t pass) : node_(node), cells_(cells), pass_(pass) {}
    int node_ = -1;          ///< of the first cell
    int cells_ = 0;          ///< one node after the other
    std::uint64_t pass_ = 0; ///< 0: none
};

/// A value or a state of a call whose gradient is asked for.
struct detail::Watched {
    std::string name;
    NodeOutput value;
    int state = -1; ///< -1: what the node hands on
};

/// One pass of some rows of a batch. Layers are called by their names in the declaration, those that
/// Model::summary() shows; a layer made of others, as bidirectional and stacked_cells, as a whole or, by the
/// names that Model::weight_names() begins with, in its parts. Every call may be differentiated, and a layer
/// may be called any number of times with the same parameters. Throws Error for an unknown name, for a value
/// that does not fit the layer, and for one that another pass has made.
class Call {
  public:
    Call(const plan::Model& plan, detail::LayerGraph& graph, const detail::StepContext& context,
         std::vector<detail::Watched>& watched);

    bool training() const;
    /// Rows of the batch that this pass computes.
    int rows() const;

    CallValue input(std::size_t number = 0) const;
    int timesteps(const CallValue& value) const;
    /// One time step of a sequence.
    CallValue step(const CallValue& sequence, int time) const;
    /// One sequence of several vectors.
    CallValue stack(const std::vector<CallValue>& steps);

    /// A layer over all time steps of `x`.
    CallValue layer(const std::string& name, const CallValue& x, const CellState& initial = {});
    /// A layer that makes one value of several: concatenate, add, subtract, multiply, average.
    CallValue join(const std::string& name, const std::vector<CallValue>& x);

    struct CellResult {
        CallValue output;
        CellState state;
    };
    /// One step of a recurrent layer's cell, or of stacked cells. Its dropout masks are those of the whole
    /// pass.
    CellResult cell(const std::string& name, const CallValue& x, const CellState& state = {});

    /// Lets Model::gradients() tell the gradient with respect to a value, or to state `number` of a cell
    /// after its step, under this name. The states of stacked cells count from the first cell's.
    void watch(const std::string& name, const CallValue& value);
    void watch(const std::string& name, const CellState& state, int number = 0);

    /// The values of one row at one time step; throws Error where there is none, and for token ids.
    std::span<const float> values(const CallValue& value, int row, int time = 0) const;

  private:
    friend class detail::RowGroup;
    /// Layers [first, last) of the network, which are declared as one.
    struct Layers {
        int first, last;
    };

    void watch(const detail::Watched& watched);
    Layers find(const std::string& name) const;
    int find_one(const std::string& name) const;
    detail::NodeOutput checked(const CallValue& value) const;
    int first_node(const CellState& state) const;
    detail::SequenceView view(const CallValue& value) const;
    CallValue made(int node) const { return CallValue({node}, pass_); }
    int add_all(const Layers& layers, const detail::NodeOutput& x, const CellState& initial);
    int add(int layer, std::span<const detail::NodeOutput> reads, int state_node = -1);
    int add_final_state(int layer, const detail::NodeOutput& x);
    bool calls_same_cell(int node, int declared_node) const;
    const plan::Model& plan_;
    detail::LayerGraph& graph_;
    const detail::StepContext& context_;
    std::vector<detail::Watched>& watched_;
    const std::uint64_t pass_;                 ///< its number among all there ever were
    std::vector<detail::SequenceView> values_; ///< that the layer reads which is called
};

/// Makes the forward pass and returns the model's output. Threads call it at the same time, each for group
/// after group of its rows of a batch: it must not change what they share.
using CallFunction = std::function<CallValue(Call&)>;

} // namespace timeloom
