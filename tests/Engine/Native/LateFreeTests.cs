using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using Odm.Engine.Native;
using TorchSharp;

namespace Odm.Engine.Tests.Native;

/// <summary>Numbers outlive the object that TorchSharp forgets to keep, and are freed in the end.</summary>
public sealed class LateFreeTests
{
    private static readonly PropertyInfo Handle = typeof(Scalar).GetProperty("Handle", BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public)!;

    [Fact]
    public void A_number_is_readable_after_its_object_is_gone()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            return;
        }
        LateFree.Active.ShouldBeTrue();
        var number = 2.5.ToScalar();
        var handle = (nint)Handle.GetValue(number)!;
        number.Dispose();
        for (var i = 0; i < LateFree.Waiting / 4; i++) // without delay the memory would be taken again at once
        {
            (i + 7.0).ToScalar().Dispose();
        }
        BitConverter.Int64BitsToDouble(Marshal.ReadInt64(handle, 16)).ShouldBe(2.5);
    }

    [Fact]
    public void Numbers_are_freed_in_the_end()
    {
        for (var i = 0; i < 3 * LateFree.Waiting; i++)
        {
            ((double)i).ToScalar().Dispose();
        }
        var before = Memory();
        for (var i = 0; i < 1_000_000; i++) // 48 MB if they stayed
        {
            ((double)i).ToScalar().Dispose();
        }
        (Memory() - before).ShouldBeLessThan(16 << 20);

        static long Memory()
        {
            using var process = Process.GetCurrentProcess();
            return process.WorkingSet64;
        }
    }
}
