using System.Text.Json.Serialization;
using Odm.Engine.Runtime;

namespace Odm.Classify.Training;

/// <summary>What updates the weights of a downstream network.</summary>
[JsonConverter(typeof(EnumWordConverter<OptimizerKind>))]
public enum OptimizerKind
{
    /// <summary>Gradient descent with momentum.</summary>
    Sgd,

    /// <summary>Adam (Kingma and Ba 2015), weight decay as a part of the gradient.</summary>
    Adam,

    /// <summary>Adam with weight decay of its own (Loshchilov and Hutter 2019).</summary>
    [JsonStringEnumMemberName("adamw")]
    AdamW,
}
