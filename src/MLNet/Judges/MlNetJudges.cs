using Odm.Pipeline.Downstream;

namespace Odm.MLNet.Judges;

/// <summary>ML.NET's trainers as judges of a study.</summary>
public static class MlNetJudges
{
    /// <summary>Adds <c>downstream.kind: mlnet</c> to what study files may say; a second call changes nothing.</summary>
    public static void Register()
        => Downstreams.Add<MlNetConfig>("mlnet", (config, images, primary) => new MlNetJudge(config, images, primary));
}
