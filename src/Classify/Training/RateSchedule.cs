using System.Text.Json.Serialization;
using Odm.Engine.Runtime;

namespace Odm.Classify.Training;

/// <summary>How the learning rate of a downstream network goes on after its warm-up.</summary>
[JsonConverter(typeof(EnumWordConverter<RateSchedule>))]
public enum RateSchedule
{
    /// <summary>As it is.</summary>
    Constant,

    /// <summary>Multiplied by a factor at each milestone.</summary>
    Steps,

    /// <summary>Along half a cosine to zero (Loshchilov and Hutter 2017).</summary>
    Cosine,
}
