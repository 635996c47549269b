package dev.ebpf4j.elf;
import java.nio.file.*; import java.util.*;
public class Ln { public static void main(String[] a) throws Exception {
  List<StaticLinker.Input> in=new ArrayList<>();
  for (int i=1;i<a.length;i++) in.add(new StaticLinker.Input(a[i], Files.readAllBytes(Path.of(a[i]))));
  Files.write(Path.of(a[0]), StaticLinker.link(in));
  var s=ElfReader.read(Path.of(a[0])); System.out.println(s+" "+s.variables()+" "+s.maps().stream().map(Object::toString).toList());
}}
