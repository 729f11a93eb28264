using System.Text.Json.Serialization;
using Odm.Engine.Runtime;

namespace Odm.Augment.Plans;

/// <summary>How a number of added images is shared among the classes.</summary>
[JsonConverter(typeof(EnumWordConverter<PlanShare>))]
public enum PlanShare
{
    /// <summary>The rarest classes first, so that real and added images together are as even as possible.</summary>
    Balanced,

    /// <summary>Class shares as in the real images.</summary>
    Proportional,

    /// <summary>Of each class as many.</summary>
    Uniform,
}
