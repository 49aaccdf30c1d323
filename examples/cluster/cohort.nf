// A cohort in parts, with Nextflow:
//
//     nextflow run examples/cluster/cohort.nf --scans list.csv --out out --parts 4 -resume
//
// list.csv has the columns scan (absolute paths) and case.

params.parts = 4

process score {
    cpus 1
    memory '2.5 GB'
    errorStrategy 'retry'
    maxRetries 2

    input:
    path list

    output:
    path 'results.csv'

    // The cohort's folder lies outside of Nextflow's, so that a second try goes on in it.
    script:
    """
    corcal cohort ${list} -o ${file(params.out)}/parts/${list.baseName} --resume --jobs ${task.cpus} --quiet
    cp ${file(params.out)}/parts/${list.baseName}/results.csv results.csv
    """
}

workflow {
    scans = file(params.scans).countLines() - 1
    size = Math.ceil(scans / params.parts) as int
    lists = Channel.fromPath(params.scans).splitText(by: size, file: true, keepHeader: true)
    score(lists).collectFile(name: 'results.csv', storeDir: params.out, keepHeader: true)
}
