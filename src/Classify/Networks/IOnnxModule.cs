using Odm.Classify.Exchange;

namespace Odm.Classify.Networks;

/// <summary>A module that can write its evaluation as ONNX; beside its <c>forward</c>, so that the two are read together.</summary>
internal interface IOnnxModule
{
    /// <summary>Adds its operators and gives the name of the output.</summary>
    string Write(OnnxGraph graph, string x);
}
