using Odm.Engine.Runtime;
using TorchSharp;

namespace Odm.Pipeline.Execution;

/// <summary>Starts the engine as a study or a command line asks.</summary>
public static class Machine
{
    /// <summary>Sets the threads and gives the device.</summary>
    /// <exception cref="StudyException">The device is not there, or cannot do this number format.</exception>
    public static torch.Device Use(string device, int threads, Precision precision = Precision.Fp32)
    {
        TorchEngine.Start(threads);
        var found = TorchEngine.Resolve(device);
        TorchEngine.Demand(precision, found);
        return found;
    }

    /// <summary>A context on the CPU with all threads, in float32.</summary>
    /// <param name="report">Receives progress.</param>
    /// <param name="cancel">Stops the work.</param>
    public static RunContext Plain(Action<Progress> report, CancellationToken cancel)
        => new(Use("cpu", 0), Precision.Fp32, report, cancel);
}
