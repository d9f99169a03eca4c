// A model's forward pass as the user's own loop over layers and cells: what Keras calls Model.call().
#pragma once

#include "timeloom/runtime/node_output.hpp"

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace timeloom {

class LayerGraph;
struct ModelPlan;
struct SequenceView;
struct StepContext;

/// What a layer handed on within a call: (rows, timesteps, units), or one step of it.
class CallValue {
  public:
    CallValue() = default; ///< no value yet

  private:
    friend class Call;
    friend class RowGroup;
    explicit CallValue(NodeOutput output) : output_(output) {}
    NodeOutput output_;
};

/// The states of a cell after a step. As it is made: zeros.
class CellState {
  public:
    CellState() = default;

  private:
    friend class Call;
    explicit CellState(int node) : node_(node) {}
    int node_ = -1;
};

/// A value or a state of a call whose gradient is asked for.
struct Watched {
    std::string name;
    NodeOutput value;
    int state = -1; ///< -1: what the node hands on
};

/// One pass of some rows of a batch. Layers are called by the names that Model::weight_names() begins
/// with; every call may be differentiated, and a layer may be called any number of times with the same
/// parameters. Throws Error for an unknown name and for a value that does not fit the layer.
class Call {
  public:
    Call(const ModelPlan& plan, LayerGraph& graph, const StepContext& context, std::vector<Watched>& watched)
        : plan_(plan), graph_(graph), context_(context), watched_(watched) {}

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
    /// A layer that makes one value of several: concatenate, add, multiply, average.
    CallValue join(const std::string& name, const std::vector<CallValue>& x);

    struct CellResult {
        CallValue output;
        CellState state;
    };
    /// One step of a recurrent layer's cell. Its dropout masks are those of the whole pass.
    CellResult cell(const std::string& name, const CallValue& x, const CellState& state = {});

    /// Lets Model::gradients() tell the gradient with respect to a value, or to state `number` of a cell
    /// after its step, under this name.
    void watch(const std::string& name, const CallValue& value);
    void watch(const std::string& name, const CellState& state, int number = 0);

    /// The values of one row at one time step.
    std::span<const float> values(const CallValue& value, int row, int time = 0) const;

  private:
    void watch(const Watched& watched);
    int find(const std::string& name) const;
    SequenceView view(const CallValue& value) const;
    int add(int layer, std::span<const NodeOutput> reads, const CellState& initial);
    const ModelPlan& plan_;
    LayerGraph& graph_;
    const StepContext& context_;
    std::vector<Watched>& watched_;
};

/// Makes the forward pass and returns the model's output. Threads call it at the same time, each for group
/// after group of its rows of a batch: it must not change what they share.
using CallFunction = std::function<CallValue(Call&)>;

} // namespace timeloom
