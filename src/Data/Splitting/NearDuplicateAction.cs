using System.Text.Json.Serialization;
using Odm.Engine.Runtime;

namespace Odm.Data.Splitting;

/// <summary>What near duplicates on several sides of a split do.</summary>
[JsonConverter(typeof(EnumWordConverter<NearDuplicateAction>))]
public enum NearDuplicateAction
{
    /// <summary>They are counted and listed.</summary>
    Report,

    /// <summary>They stop the run.</summary>
    Stop,

    /// <summary>None are looked for.</summary>
    Off,
}
