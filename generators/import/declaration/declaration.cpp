#include "timeloom/generators/import/declaration/declaration.hpp"

#include "timeloom/generators/import/declaration/declaration_words.hpp"
#include "timeloom/generators/import/declaration/own_cells.hpp"
#include "timeloom/generators/import/description/activations.hpp"
#include "timeloom/runtime/error.hpp"

#include <algorithm>
#include <cctype>
#include <set>

namespace timeloom::importing {

namespace {

/// All layers, and those inside of others.
std::vector<const Layer*> all_layers(const Description& description) {
    std::vector<const Layer*> layers;
    for (const Layer& layer : description.layers) {
        layers.push_back(&layer);
        for (const Layer& inner : layer.inner)
            layers.push_back(&inner);
    }
    return layers;
}

/// The functions that the declaration defines because the DSL lacks them.
std::string functions(const std::vector<const Layer*>& layers) {
    std::set<std::string> used;
    for (const Layer* layer : layers) {
        used.insert({layer->activation, layer->extras.output_activation});
        if (layer->is_cell() && layer->kind != Kind::simple_rnn)
            used.insert(layer->recurrent_activation);
    }
    std::string text;
    for (const Activation& a : activations())
        if (!a.formula.empty() && used.contains(std::string(a.name)))
            text += "constexpr expr " + std::string(a.name) + "(const expr& x) { return " +
                    std::string(a.formula) + "; }\n";
    return text.empty() ? "" : text + "\n";
}

std::string own_cells(const std::vector<const Layer*>& layers) {
    std::set<std::string> written;
    std::string text;
    for (const Layer* layer : layers)
        if (layer->is_own_cell() && written.insert(own_cell_name(*layer)).second)
            text += own_cell_text(*layer) + "\n";
    return text;
}

std::string notes(const Description& description) {
    std::string text;
    for (const std::string& note : description.notes)
        text += "// " + note + "\n";
    return text;
}

/// A text of someone else's within a comment: one line, and nothing that a compiler would heed at its end.
std::string commented(std::string text) {
    std::ranges::replace_if(
        text, [](unsigned char c) { return std::iscntrl(c) || c == '\\' || c == '?'; }, ' ');
    return text;
}

} // namespace

std::string declaration(const Description& description, const DeclaredLayers& declared,
                        const std::string& name, const std::string& file) {
    const std::vector<const Layer*> layers = all_layers(description);
    std::string text = "// Written by import_model from " + commented(file) + " (" +
                       commented(description.origin) + ").\n" + notes(description) +
                       "#pragma once\n\n#include <timeloom/dsl/dsl.hpp>\n\nnamespace " + name +
                       "_import {\n\nusing namespace timeloom::dsl;\n\n";
    text += functions(layers) + own_cells(layers);
    text += "inline constexpr auto " + name + " = " + (declared.is_stack ? "sequential" : "functional") +
            "( //\n";
    for (const DeclaredLayer& element : declared.elements)
        text += "    " + words_of(element) + (&element == &declared.elements.back() ? ");\n" : ",\n");
    return text + "\n} // namespace " + name + "_import\n";
}

bool is_declaration_word(const std::string& name) {
    static const std::set<std::string> words = {
        // of declarations
        "affine", "axis", "cell", "center", "expr", "functional", "gates", "go_backwards", "initial_state",
        "inputs", "log", "mask_zero", "max", "merge", "min", "named", "next", "output", "product", "reads",
        "recurrent", "recurrent_activation", "recurrent_dropout", "reset_after", "return_sequences",
        "same_padding", "scale", "sequential", "sqrt", "state", "stateful", "use_bias", "vector_input",
        "weights",
        // of C++
        "auto", "bool", "break", "case", "catch", "char", "class", "const", "continue", "default", "delete",
        "do", "double", "else", "enum", "explicit", "export", "extern", "false", "float", "for", "friend",
        "goto", "if", "inline", "int", "long", "main", "mutable", "namespace", "new", "operator", "private",
        "protected", "public", "register", "requires", "return", "short", "signed", "sizeof", "static", "std",
        "struct", "switch", "template", "this", "throw", "timeloom", "true", "try", "typedef", "union",
        "unsigned", "using", "virtual", "void", "volatile", "while"};
    const auto is_layer = [&] {
        for (int kind = 0; kind <= static_cast<int>(Kind::return_state); ++kind)
            if (name == spelling(static_cast<Kind>(kind)))
                return true;
        return false;
    };
    const auto names = activations();
    return words.contains(name) || is_layer() ||
           std::ranges::find(names, name, &Activation::name) != names.end();
}

void require_model_name(const std::string& name) {
    const auto fits = [](unsigned char c) { return std::isalnum(c) || c == '_'; };
    if (name.empty() || name.size() > 60 || std::isdigit(static_cast<unsigned char>(name[0])) ||
        !std::ranges::all_of(name, fits))
        throw Error(
            "import_model: a model's name has letters, digits and _, and begins with no digit, but is '" +
            name + "'; choose another one with --name");
}

} // namespace timeloom::importing
