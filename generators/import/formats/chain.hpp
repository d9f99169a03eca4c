// The chain of layers that a person gives where a file holds tensors alone: "emb, lstm, last, fc, sigmoid".
#pragma once

#include "timeloom/generators/import/description/description.hpp"

#include <string>
#include <vector>

namespace timeloom::importing {

/// One element of a chain: a module or a word, and the options behind it.
struct ChainElement {
    std::string word;
    std::vector<std::string> options{};
};

/// Throws Error for an empty element.
std::vector<ChainElement> parse_chain(const std::string& text);

/// Layers that read each other, as they are appended.
class Chain {
  public:
    explicit Chain(Layer input) { layers_.push_back(std::move(input)); }

    /// Reads the layer before it.
    void append(Layer layer);
    /// An activation goes into a dense layer right before it, and is a layer elsewhere.
    void activate(const std::string& activation);
    /// Keeps only the last time step of the sequence: the recurrent layer that makes the sequence hands on
    /// nothing else, and the layers behind it read one vector. Throws Error where there is none, or one that
    /// reads the sequence from its end too.
    void keep_last_step();
    /// The states that the recurrent layer right before ends with, of both directions.
    void keep_final_states();

    std::vector<Layer> layers() && { return std::move(layers_); }

  private:
    std::vector<Layer> layers_;
};

} // namespace timeloom::importing
