using System.Runtime.InteropServices;

namespace Odm.Engine.Native;

/// <summary>
/// How long the threads of libtorch's OpenMP runtime wait for each other awake. By default that is milliseconds, which on a machine with
/// other work takes the processor from the very thread that is waited for: a training then runs at a twentieth of its speed.
/// libgomp reads the setting when it is loaded, from the process's native environment, which
/// <see cref="Environment.SetEnvironmentVariable(string, string?)"/> does not reach.
/// </summary>
internal static partial class WorkerWaiting
{
    private const string Count = "GOMP_SPINCOUNT";

    /// <summary>Loop rounds of some 5 ns: 0.1 ms, longer than the gaps between the operators of a step.</summary>
    private const string Rounds = "20000";

    /// <summary>Sets it for libraries that are loaded from now on, unless the user has said how to wait.</summary>
    public static void Limit()
    {
        if (OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable("OMP_WAIT_POLICY") is null
            && Environment.GetEnvironmentVariable(Count) is null)
        {
            _ = SetEnvironment(Count, Rounds, 0);
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
