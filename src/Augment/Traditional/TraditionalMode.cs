using System.Text.Json.Serialization;
using Odm.Engine.Runtime;

namespace Odm.Augment.Traditional;

/// <summary>When traditional transforms are done.</summary>
[JsonConverter(typeof(EnumWordConverter<TraditionalMode>))]
public enum TraditionalMode
{
    /// <summary>Drawn anew for every batch.</summary>
    Online,

    /// <summary>Once, as copies that fill a plan.</summary>
    Offline,
}
