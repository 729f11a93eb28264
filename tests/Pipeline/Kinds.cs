using System.Runtime.CompilerServices;
using Odm.MLNet.Judges;

namespace Odm.Pipeline.Tests;

/// <summary>The kinds that the command adds to those of the library.</summary>
internal static class Kinds
{
    [ModuleInitializer]
    internal static void Add() => MlNetJudges.Register();
}
